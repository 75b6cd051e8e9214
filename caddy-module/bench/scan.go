package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/plugins"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// scanned are kinds of prompts without anything to find, as most are.
var scanned = map[string]string{
	"English": "The harbour was quiet when the two surveyors came back with their notes. They had measured the quay in 1998 and again last spring, and the cracks " +
		"in its northern wall had grown by 12 millimetres. \"Repairs can wait another winter,\" one of them wrote, \"but not two.\" Summarise the report and list what the council has to decide.\n\n",
	"Chinese": "两位测量员傍晚回到港口时，码头上已经没有人了。他们在1998年和去年春天各测量过一次，北侧墙体的裂缝扩大了12毫米。报告写道：“维修可以再等一个冬天，但不能再等两个。”请概括这份报告，并列出市议会需要决定的事项。\n\n",
	"JSON": `{"sku": 90417, "title": "desk lamp", "labels": ["office", "led"], "cost": 34.5, "size": {"height": 41, "base": 16.5}, "updated": "2025-02-11T16:20:31Z", "stock": {"hall": "B", "pieces": 218}, ` +
		`"digest": "5e884898da28047151d0e56f8dc6292773603d0d6aabbd62a11ef721d1542d8a"},` + "\n",
	"code": "export async function loadPages(client: Client, query: Query): Promise<Page[]> {\n  const pages: Page[] = [];\n  for (let offset = 0; offset < query.limit; offset += pageSize) {\n" +
		"    const page = await client.fetch(query.table, { offset, count: pageSize });\n    if (page.rows.length === 0) break; // nothing is left\n    pages.push(page);\n  }\n  return pages;\n}\n\n",
}

// scanning is a row: megabytes in a second of processor time that redact looks through in the sandbox, for everything it knows.
func scanning(kind string) testCase {
	return testCase{
		name: "scan-" + strings.ToLower(kind), title: "redact looks through " + kind + ", MB/s", floor: 25, aim: 60,
		measure: func(b *bench) (result, error) { return b.scan(kind) },
	}
}

func (b *bench) scan(kind string) (result, error) {
	const size = 64 << 10
	ctx := context.Background()
	r, err := wasm.NewRuntime(ctx, filepath.Join(b.dir, "scan"))
	if err != nil {
		return result{}, err
	}
	defer r.Close(ctx)
	code, _ := plugins.Wasm("redact")
	m, err := r.Load(ctx, code, 0)
	if err != nil {
		return result{}, err
	}
	defer m.Close()
	p, err := m.Pool(ctx, wasm.Spec{Plugin: "redact", Config: []byte(`{"detect":["identity","contact","finance","network","personal","health","secret"]}`)})
	if err != nil {
		return result{}, err
	}
	defer p.Close()
	prompt := strings.Repeat(scanned[kind], size/len(scanned[kind])+1)
	segs := []text.Segment{{Role: abi.RoleUser, Text: []byte(prompt)}}
	f := &wasm.Frame{Host: counting{}}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var reply text.Reply
	var rates []float64
	for i := range b.rounds + 1 {
		before, began := processorTime("self"), time.Now()
		n := 0
		for ; n == 0 || time.Since(began) < b.length/4; n++ {
			if err := p.Text(ctx, f, abi.PhaseRequest, segs, &reply); err != nil {
				return result{}, err
			}
		}
		if i > 0 { // the first round warms up
			rates = append(rates, float64(n*len(prompt))/1e6/(processorTime("self")-before).Seconds())
		}
	}
	return result{median(rates), fmt.Sprintf("%d KB at a time, all types, %d found in each; noise %.0f %%", size>>10, len(reply.Edits), spread(rates))}, nil
}

// counting takes the counts that redact sets.
type counting struct{ wasm.Host }

func (counting) SetAttr(string, any) error { return nil }
