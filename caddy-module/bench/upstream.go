package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// deltas is the number of text events of a streamed answer.
const deltas = 100

// canned holds the answers of the upstream, made once: an upstream that thinks would be measured too.
type canned struct {
	whole  []byte   // HTTP response
	head   []byte   // of a streamed response
	events [][]byte // chunks, the end chunk last
}

// upstream plays both providers with as little work as possible: it reads a request and writes bytes.
// Paths below /slow/ send one event a second.
type upstream struct {
	openAI, gemini canned
}

func newUpstream() *upstream {
	text := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 20)
	u := &upstream{}
	u.openAI = can("application/json",
		`{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-5","choices":[{"index":0,"message":{"role":"assistant","content":"`+text+`"},"finish_reason":"stop"}],"usage":{"prompt_tokens":200,"completion_tokens":200,"total_tokens":400}}`,
		func(i int) string {
			switch {
			case i < deltas:
				return fmt.Sprintf("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"gpt-5\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word%d \"},\"finish_reason\":null}]}\n\n", i)
			case i == deltas:
				return "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"gpt-5\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
			}
			return "data: [DONE]\n\n"
		})
	u.gemini = can("application/json",
		`{"candidates":[{"content":{"role":"model","parts":[{"text":"`+text+`"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":200,"candidatesTokenCount":200,"totalTokenCount":400},"modelVersion":"gemini-3-pro","responseId":"r1"}`,
		func(i int) string {
			finish, usage := "", ""
			if i >= deltas {
				finish, usage = `,"finishReason":"STOP"`, `,"usageMetadata":{"promptTokenCount":200,"candidatesTokenCount":100,"totalTokenCount":300}`
			}
			if i > deltas {
				return ""
			}
			return fmt.Sprintf("data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"word%d \"}]}%s,\"index\":0}]%s,\"modelVersion\":\"gemini-3-pro\",\"responseId\":\"r1\"}\r\n\r\n", i, finish, usage)
		})
	return u
}

func can(contentType, whole string, event func(i int) string) canned {
	c := canned{
		whole: []byte(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", contentType, len(whole), whole)),
		head:  []byte("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"),
	}
	for i := range deltas + 2 {
		if e := event(i); e != "" {
			c.events = append(c.events, []byte(fmt.Sprintf("%x\r\n%s\r\n", len(e), e)))
		}
	}
	c.events = append(c.events, []byte("0\r\n\r\n"))
	return c
}

func (u *upstream) listen() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go u.serve(c)
		}
	}()
	return l.Addr().String(), nil
}

func (u *upstream) serve(c net.Conn) {
	defer c.Close()
	r := bufio.NewReaderSize(c, 2<<10)
	for {
		path, stream, err := readRequest(r)
		if err != nil {
			return
		}
		answer := &u.openAI
		if strings.Contains(path, "/models/") {
			answer = &u.gemini
			stream = strings.Contains(path, ":stream")
		}
		if !stream {
			if _, err := c.Write(answer.whole); err != nil {
				return
			}
			continue
		}
		if _, err := c.Write(answer.head); err != nil {
			return
		}
		for _, e := range answer.events {
			if strings.Contains(path, "/slow/") {
				time.Sleep(time.Second)
			}
			if _, err := c.Write(e); err != nil {
				return
			}
		}
	}
}

// readRequest reads one request and throws its body away, except for the stream flag.
func readRequest(r *bufio.Reader) (path string, stream bool, err error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", false, err
	}
	parts := strings.SplitN(line, " ", 3)
	if len(parts) < 3 {
		return "", false, io.ErrUnexpectedEOF
	}
	path = parts[1]
	length, chunked := 0, false
	for {
		h, err := r.ReadSlice('\n')
		if err != nil {
			return "", false, err
		}
		h = bytes.TrimRight(h, "\r\n")
		if len(h) == 0 {
			break
		}
		name, value, _ := bytes.Cut(h, []byte(":"))
		switch strings.ToLower(string(name)) {
		case "content-length":
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		case "transfer-encoding":
			chunked = true
		}
	}
	var body []byte
	if chunked {
		for {
			size, err := r.ReadString('\n')
			if err != nil {
				return "", false, err
			}
			n, err := strconv.ParseInt(strings.TrimSpace(size), 16, 64)
			if err != nil {
				return "", false, err
			}
			piece := make([]byte, n+2)
			if _, err := io.ReadFull(r, piece); err != nil {
				return "", false, err
			}
			if n == 0 {
				break
			}
			body = append(body, piece[:n]...)
		}
	} else {
		body = make([]byte, length)
		if _, err := io.ReadFull(r, body); err != nil {
			return "", false, err
		}
	}
	return path, bytes.Contains(body, []byte(`"stream":true`)), nil
}
