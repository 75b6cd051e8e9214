package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// client is one keep-alive connection that does as little as possible, so that the gateway is what is measured.
type client struct {
	c       net.Conn
	r       *bufio.Reader
	request []byte
}

func dial(addr string, request []byte) (*client, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{c: c, r: bufio.NewReaderSize(c, 64<<10), request: request}, nil
}

// chatRequest is a Chat Completions request whose prompt has about size bytes.
func chatRequest(model, prompt string, stream bool) []byte {
	body := fmt.Sprintf(`{"model":"%s","stream":%t,"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"%s"}],"temperature":0.7,"max_tokens":512}`, model, stream, prompt)
	return []byte(fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
}

// imageRequest is one with an image of size bytes of base64.
func imageRequest(size int) []byte {
	body := `{"model":"gpt-5","stream":false,"messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,` +
		strings.Repeat("iVBORw0KGgoAAAANSUhEUgAA", size/24) + `"}}]}],"max_tokens":512}`
	return []byte(fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
}

// prompt is prose of about size bytes with an e-mail address and a card in each kilobyte, as in support tickets.
func prompt(size int) string {
	const line = "The customer writes that the parcel has not arrived yet and asks for a refund to the original account. "
	var b strings.Builder
	for b.Len() < size {
		if b.Len()%1024 < len(line) {
			b.WriteString("Reach her at jane.doe@example.com, card 4111 1111 1111 1111. ")
		}
		b.WriteString(line)
	}
	return b.String()[:size]
}

// do sends the request and reads the whole answer.
func (c *client) do() error {
	if _, err := c.c.Write(c.request); err != nil {
		return err
	}
	_, err := c.answer(nil)
	return err
}

// answer reads one answer; each is told for every chunk.
func (c *client) answer(each func()) (int, error) {
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
		rest := make([]byte, min(c.r.Buffered(), 2000))
		io.ReadFull(c.r, rest)
		return 0, fmt.Errorf("answer: %s%s", line, rest)
	}
	length, chunked := -1, false
	for {
		h, err := c.r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(h) <= 2 {
			break
		}
		switch name, value, _ := bytes.Cut(h, []byte(":")); {
		case bytes.EqualFold(name, []byte("content-length")):
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		case bytes.EqualFold(name, []byte("transfer-encoding")):
			chunked = true
		}
	}
	if !chunked {
		if length <= 0 {
			return 0, fmt.Errorf("the answer is empty")
		}
		_, err := c.r.Discard(length)
		return 1, err
	}
	for n := 0; ; n++ {
		size, err := c.r.ReadSlice('\n')
		if err != nil {
			return n, err
		}
		bytesLeft, err := strconv.ParseUint(string(bytes.TrimSpace(size)), 16, 32)
		if err != nil {
			return n, err
		}
		if _, err := c.r.Discard(int(bytesLeft) + 2); err != nil {
			return n, err
		}
		if bytesLeft == 0 {
			return n, nil
		}
		if each != nil {
			each()
		}
	}
}

// load keeps connections busy for d and returns the number of answers and each one's time.
func load(addr string, request []byte, connections int, d time.Duration) (answers int64, times []time.Duration, err error) {
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	var mu sync.Mutex
	stop := time.Now().Add(d)
	for range connections {
		c, err := dial(addr, request)
		if err != nil {
			return 0, nil, err
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer c.c.Close()
			var own []time.Duration
			for {
				began := time.Now()
				if began.After(stop) {
					break
				}
				if err := c.do(); err != nil {
					failed.Store(&err)
					break
				}
				own = append(own, time.Since(began))
			}
			mu.Lock()
			times = append(times, own...)
			mu.Unlock()
		}()
	}
	wg.Wait()
	if e := failed.Load(); e != nil {
		return 0, nil, *e
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	return int64(len(times)), times, nil
}

// quantile of sorted times.
func quantile(times []time.Duration, q float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	return times[min(int(q*float64(len(times))), len(times)-1)]
}
