package caddyllm

import (
	"encoding/json"
	"strconv"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
)

var _ caddyfile.Unmarshaler = (*App)(nil)

// parseApp reads the global option. Several of them add up, so that snippets can be imported.
func parseApp(d *caddyfile.Dispenser, existing any) (any, error) {
	app := new(App)
	if e, ok := existing.(httpcaddyfile.App); ok {
		if err := json.Unmarshal(e.Value, app); err != nil {
			return nil, err
		}
	}
	if err := app.UnmarshalCaddyfile(d); err != nil {
		return nil, err
	}
	return httpcaddyfile.App{Name: appName, Value: caddyconfig.JSON(app, nil)}, nil
}

// UnmarshalCaddyfile reads the global option. Syntax:
//
//	llm_gateway {
//		provider <name> [<preset>] {
//			preset   <name>
//			base_url <url>
//			dialect  <names...>
//			quirks   [<words...>]
//			api_key  <keys...>
//			key <key> {
//				weight   <number>
//				priority <number>
//				rpm      <number>
//				tpm      <number>
//			}
//			header <name> <value>
//			endpoint <name> <url> {
//				api_key  <keys...>
//				key <key> {
//					...
//				}
//				weight   <number>
//				priority <number>
//				model    <name>
//				cost     <number>
//			}
//			balance  round_robin|weighted|priority|fill_first|least_busy|least_latency|least_cost|usage_aware
//			balance  sticky session|user|key|prompt_cache_key
//			cooldown key|model
//			breaker  off
//			breaker {
//				failures <number>
//				ratio    <percentage> [<requests>]
//				window   <duration>
//				open     <duration> [<longest>]
//			}
//			probe {
//				path     <path>
//				model    <name>
//				interval <duration>
//				timeout  <duration>
//				always
//			}
//			pull <models...>
//			models {
//				<client's name>|* <provider's name>
//			}
//			limit {
//				concurrent <number>
//				queue      <number>
//				max_wait   <duration>
//			}
//			prices {
//				<provider's name>|<beginning>*|* <input> <output> [<cached input> [<written input>]]
//				<provider's name>|<beginning>*|* {
//					<JSON pointer> <amount> [required]
//					estimate <input> <output>
//				}
//			}
//			timeout   <duration>
//			timeouts {
//				connect        <duration>
//				first_token    <duration>
//				between_tokens <duration>
//				stream         <duration>
//				answer         <duration>
//			}
//			trace_context
//			transport <name> {
//				...
//			}
//			delay <duration>
//		}
//		plugin <name> [<builtin>] | plugin <name> file <path> [<entry>] {
//			config <file.json>
//			config {
//				<option> [<values...>]
//				<option> [<key>] {
//					...
//				}
//			}
//			limits {
//				cpu       <duration>
//				memory    <size>
//				instances <number>
//				hold      <size>
//			}
//			grant kv [<size>|<store>]
//			grant http <hosts...> [private]
//			grant record <sink> [log | file <path>] {
//				chain [<key>]
//			}
//			grant ner <url> {
//				api       presidio|spans
//				timeout   <duration>
//				budget    <duration>
//				language  <code>
//				entities  <types...>|all
//				min_score <number>
//				cache     <duration>|off
//				header    <name> <value>
//			}
//			on_error fail|skip
//		}
//		dialect <vendor>.<kind> <file.json>
//		store <name> redis {
//			url            <url>
//			address        <addresses...>
//			user           <name>
//			password       <password>
//			db             <number>
//			sentinel       <master> [<user> <password>]
//			cluster
//			tls            [<CA file> [<certificate file> <key file>]]
//			prefix         <text>
//			encryption_key <keys...>
//			timeout        <duration>
//			max_ttl        <duration>
//		}
//		share_health <store>
//		alias <clients' name> [<provider>/]<model>
//		metrics {
//			dimension <name> <expression>
//		}
//		llm_metrics
//	}
//
// A provider or plugin that is named like a preset or a built-in plugin is that one. Values in config
// are turned into what the plugin's schema wants: an option without value is true, one value a text,
// number or boolean, several values a list, a block an object; an option that is repeated adds to its list.
func (a *App) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the option's name
	if err := none(d); err != nil {
		return err
	}
	for d.NextBlock(0) {
		var err error
		switch d.Val() {
		case "provider":
			err = a.unmarshalProvider(d)
		case "plugin":
			err = a.unmarshalPlugin(d)
		case "store":
			err = a.unmarshalStore(d)
		case "share_health":
			err = once(d, &a.ShareHealth, "the name of a store")
		case "llm_metrics":
			a.LLMMetrics, err = true, none(d)
		case "metrics":
			err = a.unmarshalMetrics(d)
		case "alias":
			err = pair(d, &a.Aliases, "%q", "the clients' name of a model and what it stands for")
		case "dialect":
			err = pair(d, &a.Dialects, "%q", "a name such as custom.generate and the JSON file that describes it")
		default:
			err = unknown(d, "provider", "plugin", "dialect", "store", "share_health", "alias", "metrics", "llm_metrics")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *App) unmarshalPlugin(d *caddyfile.Dispenser) error {
	p := &Plugin{Source: source(d)}
	args := d.RemainingArgs()
	if len(args) == 0 {
		return d.Err("plugin has no name, expected plugin <name>, plugin <name> <builtin> or plugin <name> file <path>")
	}
	name, args := args[0], args[1:]
	switch {
	case len(args) == 0:
	case args[0] == "file" && (len(args) == 2 || len(args) == 3):
		p.File = args[1]
		if len(args) == 3 {
			p.Entry = args[2]
		}
	case len(args) == 1 && args[0] != "file":
		p.Builtin = args[0]
	default:
		return d.Errf("plugin %q has %d more arguments, expected <builtin> or file <path> [<entry>]", name, len(args))
	}
	if first := a.Plugins[name]; first != nil {
		return duplicate(d, "plugin", name, first.Source)
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if err := p.unmarshalOption(d); err != nil {
			return err
		}
	}
	if a.Plugins == nil {
		a.Plugins = make(map[string]*Plugin)
	}
	a.Plugins[name] = p
	return nil
}

func (p *Plugin) unmarshalOption(d *caddyfile.Dispenser) error {
	switch d.Val() {
	case "config":
		return p.unmarshalConfig(d)
	case "limits":
		return p.unmarshalLimits(d)
	case "grant":
		return p.unmarshalGrant(d)
	case "on_error":
		return unmarshalOnError(d, &p.OnError)
	}
	return unknown(d, "config", "limits", "grant", "on_error")
}

func unmarshalOnError(d *caddyfile.Dispenser, into *string) error {
	if err := once(d, into, "fail or skip"); err != nil {
		return err
	}
	if err := checkOnError(*into); err != nil {
		return d.WrapErr(err)
	}
	return nil
}

func (p *Plugin) unmarshalLimits(d *caddyfile.Dispenser) error {
	if err := none(d); err != nil {
		return err
	}
	if p.Limits == nil {
		p.Limits = new(Limits)
	}
	l := p.Limits
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		var err error
		switch name := d.Val(); name {
		case "cpu":
			err = duration(d, &l.CPU)
		case "memory":
			err = size(d, &l.Memory)
		case "hold":
			var n int64
			err = size(d, &n)
			l.Hold = int(n)
		case "instances":
			var text string
			if text, err = argument(d, "a number"); err == nil {
				if l.Instances, err = strconv.Atoi(text); err != nil || l.Instances < 1 {
					err = d.Errf("instances %q is not a number, expected one from 1", text)
				}
			}
		default:
			err = unknown(d, "cpu", "memory", "instances", "hold")
		}
		if err != nil {
			return err
		}
	}
	if err := l.plugin().Check(); err != nil {
		return d.WrapErr(err)
	}
	return nil
}

func (p *Plugin) unmarshalGrant(d *caddyfile.Dispenser) error {
	if p.Grants == nil {
		p.Grants = new(Grants)
	}
	args := d.RemainingArgs()
	if len(args) == 0 {
		return d.Err("grant has no argument, expected kv [<size>|<store>], http <hosts...> [private], record <sink> [log | file <path>] or ner <url>")
	}
	kind, args := args[0], args[1:]
	switch kind {
	case "kv":
		return p.Grants.unmarshalKV(d, args)
	case "http":
		if p.Grants.HTTP == nil {
			p.Grants.HTTP = new(HTTPGrant)
		}
		if n := len(args); n > 0 && args[n-1] == "private" {
			p.Grants.HTTP.Private, args = true, args[:n-1]
		}
		if len(args) == 0 {
			return d.Err("grant http has no host, expected at least one")
		}
		p.Grants.HTTP.Hosts = append(p.Grants.HTTP.Hosts, args...)
	case "record":
		return p.Grants.unmarshalRecord(d, args)
	case "ner":
		return p.Grants.unmarshalNER(d, args)
	default:
		return d.Errf("unknown grant %q, expected kv, http, record or ner", kind)
	}
	return nil
}

func duration(d *caddyfile.Dispenser, into *caddy.Duration) error {
	name := d.Val()
	if *into != 0 {
		return d.Errf("%s is given twice, expected once", name)
	}
	text, err := argument(d, "a duration such as 5m")
	if err != nil {
		return err
	}
	v, err := caddy.ParseDuration(text)
	if err != nil || v <= 0 {
		return d.Errf("%s %q is not a duration, expected one such as 100ms or 5m", name, text)
	}
	*into = caddy.Duration(v)
	return nil
}
