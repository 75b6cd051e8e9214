package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// testCase is one row of the table.
type testCase struct {
	name, title string
	floor, aim  float64
	less        bool // smaller is better
	unit        string
	measure     func(*bench) (result, error)
}

type result struct {
	value  float64
	detail string
}

func (c *testCase) show(v float64) string { return fmt.Sprintf("%.2f%s", v, c.unit) }

func (c *testCase) meets(v float64) bool {
	if c.less {
		return v <= c.floor
	}
	return v >= c.floor
}

var cases = []testCase{
	{name: "passthrough", title: "passthrough, 1 KB, JSON", floor: 0.80, aim: 0.95, measure: func(b *bench) (result, error) {
		return b.compare("pass", "proxy", chatRequest("gpt-5", prompt(1024), false), 1)
	}},
	{name: "overhead", title: "overhead p99 at 500 requests/s of 1 KB", floor: 1, aim: 0.3, less: true, unit: "ms", measure: (*bench).overhead},
	{name: "pool", title: "100 keys, limits, retries, CPU ratio", floor: 1.03, aim: 1.01, less: true, unit: "", measure: (*bench).pool},
	{name: "chain", title: "redact+translate+audit, 1 KB, JSON", floor: 0.44, aim: 0.65, measure: func(b *bench) (result, error) {
		return b.compare("chain", "proxy", chatRequest("gpt-5", prompt(1024), false), 1)
	}},
	{name: "stream", title: "same chain, 100 deltas streamed", floor: 0.28, aim: 0.54, measure: func(b *bench) (result, error) {
		return b.compare("chain", "proxy", chatRequest("gpt-5", prompt(1024), true), deltas)
	}},
	{name: "delta", title: "added CPU per delta, one text plugin", floor: 5, aim: 2, less: true, unit: "µs", measure: (*bench).delta},
	{name: "translation", title: "added CPU to translate 1 KB and back", floor: 60, aim: 30, less: true, unit: "µs", measure: (*bench).translation},
	{name: "event", title: "added CPU to translate an event", floor: 8, aim: 4, less: true, unit: "µs", measure: (*bench).event},
	{name: "image", title: "5 MB image translated, CPU ratio", floor: 1.3, aim: 1.1, less: true, unit: "", measure: (*bench).image},
	{name: "prompt", title: "64 KB prompt through redact, added", floor: 2, aim: 0.7, less: true, unit: "ms", measure: (*bench).prompt},
	scanning("English"), scanning("Chinese"), scanning("JSON"), scanning("code"),
	{name: "streams", title: "1,000 open streams, above proxy", floor: 64, aim: 24, less: true, unit: "MiB", measure: (*bench).streams},
	{name: "idle", title: "idle with 4 plugins, above Caddy", floor: 90, aim: 40, less: true, unit: "MiB", measure: (*bench).idle},
	{name: "start", title: "start to first answer, warm cache", floor: 1.5, aim: 0.5, less: true, unit: "s", measure: (*bench).start},
	{name: "burn", title: "p99 beside a burning plugin", floor: 10, aim: 2, less: true, unit: "ms", measure: (*bench).burn},
}

// global is the app's part of every Caddyfile here.
func (b *bench) global(more string) string {
	return fmt.Sprintf(`	llm_gateway {
		provider open {
			base_url http://%[1]s/v1
			dialect openai.chat
			api_key bench
		}
		provider many {
			endpoint one http://%[1]s/v1 {
				api_key %[3]s
			}
			endpoint two http://%[1]s/v1 {
				api_key %[3]s
				weight 2
			}
			dialect openai.chat
			balance least_latency
			limit {
				concurrent 1000
			}
		}
		provider gem {
			base_url http://%[1]s/v1beta
			dialect gemini.generate
			api_key bench
		}
		provider slow {
			base_url http://%[1]s/slow/v1beta
			dialect gemini.generate
			api_key bench
		}
		plugin pii redact
%[2]s	}
`, b.upstream, more, keys(50))
}

// sites are the ways through the gateway that are compared.
func (b *bench) sites() map[string]string {
	return map[string]string{
		"proxy": "\treverse_proxy " + b.upstream + " {\n\t\tflush_interval -1\n\t}\n",
		"pass":  "\tllm_gateway {\n\t\troute {\n\t\t\tto open\n\t\t}\n\t}\n",
		"pool":  "\tllm_gateway {\n\t\troute {\n\t\t\tto many\n\t\t\tlimit {\n\t\t\t\tconcurrent 1000\n\t\t\t}\n\t\t}\n\t}\n",
		// The rule reads the body, so that "text" differs from it by the text plugin alone.
		"read":  "\tllm_gateway {\n\t\troute `prompt.chars >= 0` {\n\t\t\tto open\n\t\t}\n\t}\n",
		"text":  "\tllm_gateway {\n\t\troute {\n\t\t\tuse pii\n\t\t\tto open\n\t\t}\n\t}\n",
		"gem":   "\tllm_gateway {\n\t\troute {\n\t\t\tto gem/gemini-3-pro\n\t\t}\n\t}\n",
		"chain": "\tllm_gateway {\n\t\troute {\n\t\t\tuse pii audit\n\t\t\tto gem/gemini-3-pro\n\t\t}\n\t}\n",
		"cache": "\tllm_gateway {\n\t\troute {\n\t\t\tuse pii answers audit\n\t\t\tto gem/gemini-3-pro\n\t\t}\n\t}\n",
	}
}

// compare measures requests (times each, its events) per second of two sites in turn, on the same
// process, and gives the ratio of the medians. The noise is the spread of the second site's rounds.
func (b *bench) compare(site, against string, request []byte, each int) (result, error) {
	c, err := startCaddy(b.binary, b.dir, b.global(""), b.sites())
	if err != nil {
		return result{}, err
	}
	defer c.stop()
	const connections = 16
	one := func(name string) (rate, cpu float64, err error) {
		before := c.cpu()
		began := time.Now()
		n, _, err := load(c.port[name], request, connections, b.length)
		if err != nil || n == 0 {
			return 0, 0, fmt.Errorf("site %s: %d answers, %w\n%s", name, n, err, c.log.String())
		}
		return float64(n) * float64(each) / time.Since(began).Seconds(), float64(c.cpu()-before) / float64(n) / float64(each), nil
	}
	for _, name := range []string{site, against} { // warm up
		if _, _, err := load(c.port[name], request, connections, b.length/2); err != nil {
			return result{}, fmt.Errorf("site %s: %w\n%s", name, err, c.log.String())
		}
	}
	var rates, rivals, cpus, rivalCPUs []float64
	for range b.rounds {
		r, cpu, err := one(site)
		if err != nil {
			return result{}, err
		}
		rates, cpus = append(rates, r), append(cpus, cpu)
		r, cpu, err = one(against)
		if err != nil {
			return result{}, err
		}
		rivals, rivalCPUs = append(rivals, r), append(rivalCPUs, cpu)
	}
	what := "requests"
	if each > 1 {
		what = "events"
	}
	return result{median(rates) / median(rivals), fmt.Sprintf("%.0f against %.0f %s/s; CPU %.1f against %.1f µs; noise %.0f %%",
		median(rates), median(rivals), what, median(cpus)/1e3, median(rivalCPUs)/1e3, spread(rivals))}, nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

// spread is the distance of the extremes in per cent of the median.
func spread(v []float64) float64 {
	return (slices.Max(v) - slices.Min(v)) / median(v) * 100
}

// delta is the CPU that one text plugin with nothing to edit adds to each event.
func (b *bench) delta() (result, error) {
	return b.added("text", "read", chatRequest("gpt-5", "hello", true), deltas, "copied through unparsed")
}

// translation is the CPU that the codec for Gemini adds to a request of 1 KB and its answer.
func (b *bench) translation() (result, error) {
	return b.added("gem", "read", chatRequest("gpt-5", prompt(1024), false), 1, "parsed, not translated")
}

// event is the CPU that the codec adds to each event of a stream.
func (b *bench) event() (result, error) {
	return b.added("gem", "text", chatRequest("gpt-5", "hello", true), deltas, "parsed, not translated")
}

// added is the CPU in µs, per request or event of it, that a site takes above another one.
func (b *bench) added(site, against string, request []byte, each int, what string) (result, error) {
	c, err := startCaddy(b.binary, b.dir, b.global(""), b.sites())
	if err != nil {
		return result{}, err
	}
	defer c.stop()
	with, without, err := b.costs(c, site, against, request, 16)
	if err != nil {
		return result{}, err
	}
	w, o := median(with)/float64(each)/1e3, median(without)/float64(each)/1e3
	return result{w - o, fmt.Sprintf("%.2f against %.2f (%s); noise %.0f %%", w, o, what, spread(without))}, nil
}

// pool is the CPU of a request that is passed through over one of a hundred keys, as a multiple of that over the only one.
func (b *bench) pool() (result, error) {
	c, err := startCaddy(b.binary, b.dir, b.global(""), b.sites())
	if err != nil {
		return result{}, err
	}
	defer c.stop()
	with, without, err := b.costs(c, "pool", "pass", chatRequest("gpt-5", prompt(1024), false), 16)
	if err != nil {
		return result{}, err
	}
	w, o := median(with), median(without)
	return result{w / o, fmt.Sprintf("CPU %.1f against %.1f µs; noise %.0f %%", w/1e3, o/1e3, spread(without))}, nil
}

// keys are n keys of a provider.
func keys(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint("bench-", i)
	}
	return strings.Join(all, " ")
}

// image is the CPU of a request with an image of 5 MB in base64 that is translated, as a multiple of that of
// one that is passed through.
func (b *bench) image() (result, error) {
	c, err := startCaddy(b.binary, b.dir, b.global(""), b.sites())
	if err != nil {
		return result{}, err
	}
	defer c.stop()
	with, without, err := b.costs(c, "gem", "pass", imageRequest(5<<20), 2)
	if err != nil {
		return result{}, err
	}
	w, o := median(with), median(without)
	read, _, err := b.costs(c, "read", "pass", imageRequest(5<<20), 2)
	if err != nil {
		return result{}, err
	}
	return result{w / o, fmt.Sprintf("CPU %.2f against %.2f ms, and %.2f for a route that reads it and does not translate; noise %.0f %%",
		w/1e6, o/1e6, median(read)/1e6, spread(without))}, nil
}

// costs are the CPU times in ns that requests to two sites take, round by round in turn.
func (b *bench) costs(c *caddy, site, against string, request []byte, connections int) (with, without []float64, err error) {
	cost := func(name string) (float64, error) {
		before := c.cpu()
		n, _, err := load(c.port[name], request, connections, b.length)
		if err != nil || n == 0 {
			return 0, fmt.Errorf("site %s: %d answers, %w\n%s", name, n, err, c.log.String())
		}
		return float64(c.cpu()-before) / float64(n), nil
	}
	for i := range b.rounds + 1 {
		w, err := cost(site)
		if err != nil {
			return nil, nil, err
		}
		o, err := cost(against)
		if err != nil {
			return nil, nil, err
		}
		if i > 0 { // the first round warms up
			with, without = append(with, w), append(without, o)
		}
	}
	return with, without, nil
}

// prompt is the time that redact adds to a request of 64 KB, one at a time.
func (b *bench) prompt() (result, error) {
	c, err := startCaddy(b.binary, b.dir, b.global(""), b.sites())
	if err != nil {
		return result{}, err
	}
	defer c.stop()
	request := chatRequest("gpt-5", prompt(64<<10), false)
	var with, without []float64
	for i := range b.rounds + 1 {
		for _, site := range []string{"text", "read"} {
			_, times, err := load(c.port[site], request, 1, b.length/2)
			if err != nil {
				return result{}, fmt.Errorf("site %s: %w\n%s", site, err, c.log.String())
			}
			if v := float64(quantile(times, 0.5)) / 1e6; i == 0 {
			} else if site == "text" {
				with = append(with, v)
			} else {
				without = append(without, v)
			}
		}
	}
	return result{median(with) - median(without), fmt.Sprintf("p50 %.2f ms with, %.2f without; noise %.0f %%", median(with), median(without), spread(without))}, nil
}

// streams is the memory of a thousand open slow streams, compared with a process that proxies them.
func (b *bench) streams() (result, error) {
	const open = 1000
	hold := func(global, site string, request []byte) (before, after int64, err error) {
		c, err := startCaddy(b.binary, b.dir, global, map[string]string{"site": site})
		if err != nil {
			return 0, 0, err
		}
		defer c.stop()
		warm, err := dial(c.port["site"], chatRequest("m", "hi", false))
		if err != nil {
			return 0, 0, err
		}
		warm.do()
		warm.c.Close()
		before = c.resident()
		for range open {
			cl, err := dial(c.port["site"], request)
			if err != nil {
				return 0, 0, err
			}
			defer cl.c.Close()
			if _, err := cl.c.Write(request); err != nil {
				return 0, 0, err
			}
		}
		time.Sleep(8 * time.Second) // some events have gone through every stream
		return before, c.resident(), nil
	}
	request := chatRequest("gpt-5", prompt(1024), true)
	ours, oursOpen, err := hold(b.global(""), "\tllm_gateway {\n\t\troute {\n\t\t\tuse pii\n\t\t\tto slow/gemini-3-pro\n\t\t}\n\t}\n", request)
	if err != nil {
		return result{}, err
	}
	theirs, theirsOpen, err := hold("", "\trewrite * /slow{uri}\n\treverse_proxy "+b.upstream+" {\n\t\tflush_interval -1\n\t}\n", request)
	if err != nil {
		return result{}, err
	}
	return result{mib(oursOpen - theirsOpen), fmt.Sprintf("%.0f against %.0f MiB open; %.0f against %.0f before", mib(oursOpen), mib(theirsOpen), mib(ours), mib(theirs))}, nil
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }

// idle is the resident memory that four plugins, loaded and used once, add to a bare Caddy.
func (b *bench) idle() (result, error) {
	resident := func(global string, sites map[string]string, site string) (int64, error) {
		c, err := startCaddy(b.binary, b.dir, global, sites)
		if err != nil {
			return 0, err
		}
		defer c.stop()
		cl, err := dial(c.port[site], chatRequest("gpt-5", prompt(1024), false))
		if err != nil {
			return 0, err
		}
		defer cl.c.Close()
		if err := cl.do(); err != nil {
			return 0, fmt.Errorf("%w\n%s", err, c.log.String())
		}
		time.Sleep(3 * time.Second)
		return c.resident(), nil
	}
	// The second start is the one that counts: compiled code comes from the cache.
	if _, err := resident(b.global(""), b.sites(), "cache"); err != nil {
		return result{}, err
	}
	ours, err := resident(b.global(""), b.sites(), "cache")
	if err != nil {
		return result{}, err
	}
	theirs, err := resident("", map[string]string{"proxy": b.sites()["proxy"]}, "proxy")
	if err != nil {
		return result{}, err
	}
	return result{mib(ours - theirs), fmt.Sprintf("%.0f against %.0f MiB", mib(ours), mib(theirs))}, nil
}

// start is the time from exec to the first translated answer.
func (b *bench) start() (result, error) {
	var times []float64
	for i := range b.rounds + 1 {
		began := time.Now()
		c, err := startCaddy(b.binary, b.dir, b.global(""), b.sites())
		if err != nil {
			return result{}, err
		}
		cl, err := dial(c.port["cache"], chatRequest("gpt-5", "hello", false))
		if err == nil {
			err = cl.do()
			cl.c.Close()
		}
		took := time.Since(began).Seconds()
		c.stop()
		if err != nil {
			return result{}, fmt.Errorf("%w\n%s", err, c.log.String())
		}
		if i > 0 { // the first one filled the cache
			times = append(times, took)
		}
	}
	return result{median(times), fmt.Sprintf("%.2f to %.2f s", slices.Min(times), slices.Max(times))}, nil
}

// burn is the p99 of one route while another one's plugin spends its whole budget, again and again.
func (b *bench) burn() (result, error) {
	source, err := os.ReadFile(filepath.Join(b.sourceDir(), "internal/wasm/testdata/hostile/endless_loop.wat"))
	if err != nil {
		return result{}, err
	}
	guest, err := wasmtext.Assemble(string(source))
	if err != nil {
		return result{}, err
	}
	path := filepath.Join(b.dir, "burner.wasm")
	if err := os.WriteFile(path, guest, 0o600); err != nil {
		return result{}, err
	}
	sites := b.sites()
	sites["burn"] = "\tllm_gateway {\n\t\troute {\n\t\t\tuse burner\n\t\t\tto open\n\t\t}\n\t}\n"
	c, err := startCaddy(b.binary, b.dir, b.global("\t\tplugin burner file "+path+"\n"), sites)
	if err != nil {
		return result{}, err
	}
	defer c.stop()
	request := chatRequest("gpt-5", "hello", false)
	_, alone, err := load(c.port["pass"], request, 1, b.length)
	if err != nil {
		return result{}, err
	}
	stop, burned := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		defer func() { burned <- n }()
		for {
			select {
			case <-stop:
				return
			default:
			}
			if cl, err := dial(c.port["burn"], request); err == nil {
				cl.do() // answers 500: the plugin ran out of fuel
				cl.c.Close()
				n++
			}
		}
	}()
	_, beside, err := load(c.port["pass"], request, 1, 2*b.length)
	close(stop)
	n := <-burned
	if err != nil {
		return result{}, err
	}
	return result{float64(quantile(beside, 0.99)) / 1e6, fmt.Sprintf("p50 %.2f ms; alone p99 %.2f; %d burning requests meanwhile", float64(quantile(beside, 0.5))/1e6, float64(quantile(alone, 0.99))/1e6, n)}, nil
}

// sourceDir is the module's caddy-module folder: bench runs from a checkout.
func (b *bench) sourceDir() string {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/longmen-gateway/longmen/caddy-module/bench").Output()
	if err != nil {
		return "caddy-module"
	}
	return filepath.Dir(string(out[:len(out)-1]))
}
