package caddyllm

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
)

// Plugin is a plugin with its configuration. It has to be used by a route, or be a codec, to run.
type Plugin struct {
	// The built-in plugin to run. Default: the one of the plugin's name, unless file is given.
	Builtin string `json:"builtin,omitempty"`

	// The WebAssembly file to run instead of a built-in plugin, relative to the working directory. It is
	// read at every provisioning: after its content has changed, reload with --force, because Caddy
	// reloads only a configuration that has changed.
	File string `json:"file,omitempty"`

	// Which plugin of the file to run, if it holds several. Default: the one of the plugin's name, or the only one.
	Entry string `json:"entry,omitempty"`

	// The plugin's configuration, judged by the plugin's JSON Schema, which also fills in defaults. Texts are
	// turned into the numbers, booleans and lists that the schema wants, since a Caddyfile has only texts. Placeholders
	// {env.NAME} and {file.PATH} in texts are replaced at provisioning, and have to stand for something; other braces are the plugin's.
	Config json.RawMessage `json:"config,omitempty"`

	// A JSON file with the configuration, instead of config. It is read at every provisioning.
	ConfigFile string `json:"config_file,omitempty"`

	// What the plugin may take. Default: what its manifest asks for.
	Limits *Limits `json:"limits,omitempty"`

	// What the plugin may do beyond texts and documents. What its manifest asks for has to be granted here,
	// and nothing else can be. Default: for built-in plugins what they ask for (audit: records to the log;
	// answers: the key-value store), for others nothing.
	Grants *Grants `json:"grants,omitempty"`

	// What a failure of the plugin means: "fail" answers the request with an error, "skip" goes on without
	// the plugin. A plugin that protects something should keep the default. Default: fail.
	OnError string `json:"on_error,omitempty"`

	// Where the plugin stands in the Caddyfile, for errors.
	Source string `json:"source,omitempty"`
}

// Limits bound what a plugin may take. A change makes new instances at reload.
type Limits struct {
	// Time that one call may compute. Between 1ms and 1m. Default: the manifest's, else 100ms.
	CPU caddy.Duration `json:"cpu,omitempty"`

	// Memory of one instance in bytes. Between 64 KiB and 4 GiB. Default: the manifest's, else 32 MiB.
	Memory int64 `json:"memory,omitempty"`

	// How many calls may run at once. Between 1 and 1024. Default: the manifest's, else twice the number of
	// cores, at least 4.
	Instances int `json:"instances,omitempty"`

	// How many bytes of a stream's text the plugin may hold back per channel. Up to 16 MiB. Default: the
	// manifest's, else 64 KiB.
	Hold int `json:"hold,omitempty"`
}

// Grants are what a plugin may do beyond texts and documents.
type Grants struct {
	// Whether the plugin has its part of the key-value store. Default: false.
	KV bool `json:"kv,omitempty"`

	// How many bytes the plugin's part of the store may take in memory; what was not used for longest goes first.
	// Default: 16 MiB.
	KVSize int64 `json:"kv_size,omitempty"`

	// The store of the configuration in which the plugin's values are, for gateways that share them. One without
	// encryption is refused for a plugin that finds personal data. Default: the memory of the process.
	KVStore string `json:"kv_store,omitempty"`

	// The hosts that the plugin may call. Default: none.
	HTTP *HTTPGrant `json:"http,omitempty"`

	// The sinks that the plugin may append records to, by the name it uses. Default: none.
	Record map[string]*Sink `json:"record,omitempty"`

	// The service that finds names, places and the like in texts for the plugin. Default: none.
	NER *NERGrant `json:"ner,omitempty"`
}

// HTTPGrant lets a plugin call hosts.
type HTTPGrant struct {
	// Hosts as host or host:port, with "*." in front for all names below. At least one.
	Hosts []string `json:"hosts,omitempty"`

	// Whether the hosts may have private, loopback or link-local addresses. Default: false.
	Private bool `json:"private,omitempty"`
}

// Sink is where records go.
type Sink struct {
	// A file that records are appended to, a JSON line each. Default: Caddy's log, under the logger
	// llm_gateway.record.
	File string `json:"file,omitempty"`

	// Binds the lines of the file to each other, so that "caddy llm-redact verify" finds what was changed or is
	// missing. Default: lines stand for themselves.
	Chain *Chain `json:"chain,omitempty"`
}

// onErrors are the values of on_error.
var onErrors = []string{"fail", "skip"}

// check judges what can be judged without the plugin.
func (p *Plugin) check() error {
	var errs []error
	if p.File != "" && p.Builtin != "" {
		errs = append(errs, errors.New("builtin and file exclude each other, expected one of them"))
	}
	if p.Entry != "" && p.File == "" {
		errs = append(errs, errors.New("entry without file, expected a file that holds several plugins"))
	}
	if len(p.Config) > 0 && p.ConfigFile != "" {
		errs = append(errs, errors.New("config and config_file exclude each other, expected one of them"))
	}
	errs = append(errs, checkOnError(p.OnError), p.Limits.plugin().Check(), p.Grants.check())
	return errors.Join(errs...)
}

func checkOnError(s string) error {
	if s != "" && !slices.Contains(onErrors, s) {
		return fmt.Errorf("unknown on_error %q, expected fail or skip", s)
	}
	return nil
}

func (l *Limits) plugin() plugin.Limits {
	if l == nil {
		return plugin.Limits{}
	}
	return plugin.Limits{CPU: time.Duration(l.CPU), Memory: l.Memory, Instances: l.Instances, Hold: l.Hold}
}

func (g *Grants) check() error {
	if g == nil {
		return nil
	}
	if g.KVSize < 0 || g.KVSize > 0 && !g.KV {
		return errors.New("kv_size without kv, expected grant kv [<size>]")
	}
	if g.KVStore != "" && (!g.KV || g.KVSize > 0) {
		return errors.New("kv_store without kv or with kv_size, which is for values in memory: expected grant kv <store>")
	}
	if g.HTTP != nil && len(g.HTTP.Hosts) == 0 {
		return errors.New("grant http without a host, expected at least one")
	}
	for _, name := range slices.Sorted(maps.Keys(g.Record)) {
		if name == "" {
			return errors.New("grant record without a sink, expected its name")
		}
		if s := g.Record[name]; s != nil && s.Chain != nil && s.File == "" {
			return fmt.Errorf("grant record: sink %q has a chain and no file, expected file <path>", name)
		}
	}
	if g.NER != nil {
		return g.NER.check()
	}
	return nil
}

// plugin is what the grants say in the engine's terms.
func (g *Grants) plugin() plugin.Grants {
	if g == nil {
		return plugin.Grants{}
	}
	out := plugin.Grants{KV: g.KV, Record: slices.Sorted(maps.Keys(g.Record)), NER: g.NER != nil}
	if g.HTTP != nil {
		out.HTTP, out.HTTPPrivate = g.HTTP.Hosts, g.HTTP.Private
	}
	return out
}
