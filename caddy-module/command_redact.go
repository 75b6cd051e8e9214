package caddyllm

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/longmen-gateway/longmen/caddy-module/internal/inspect"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "llm-redact",
		Usage: "scan|eval|verify",
		Short: "Shows what the redact plugin finds in files, measures it, and checks its receipts",
		Long: `
"scan" reports the personal data and secrets in files without changing them;
"eval" measures precision and recall on texts that you have labelled;
"verify" checks that nothing is missing from chained records, such as the
plugin's receipts, and that nothing was changed.

"scan" and "eval" run the redact plugin in the sandbox, on the text of a chat request, as a
route does: what they report is what the gateway finds. What a configuration
does with it (mask, block, …) is put aside: every type that it looks for is
reported. Only a plugin with "grant ner" sends anything over the network, to
the service that it is granted.`,
		CobraFunc: func(cmd *cobra.Command) {
			cmd.AddCommand(scanCommand(), evalCommand(), verifyCommand())
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				if len(args) > 0 {
					return finish(cmd, exitFailed, fmt.Errorf("unknown subcommand %q, expected scan, eval or verify", args[0]))
				}
				return cmd.Help()
			}
		},
	})
}

// The exit codes of scan and verify are those of grep, the other way round: 0 is clean.
const (
	exitFound  = 1
	exitFailed = 2
)

// subjectFlags choose the plugin.
func subjectFlags(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return finish(cmd, exitFailed, err) })
	cmd.Flags().StringP("config", "c", "", "Configuration file whose plugin is run. Default: redact with its defaults")
	cmd.Flags().StringP("adapter", "a", "", "Name of config adapter to apply")
	cmd.Flags().StringP("plugin", "p", "", "Name of the plugin in the configuration. Default: the only one that redacts")
}

// finish turns what a command has come to into its exit code. Caddy's own wrapper knows no code 1 without an error.
func finish(cmd *cobra.Command, code int, err error) error {
	cmd.SilenceErrors = true
	if err == nil && code == caddy.ExitCodeSuccess {
		return nil
	}
	if code == exitFound {
		return errors.New("found")
	}
	return caddycmd.WrapCommandFuncForCobra(func(caddycmd.Flags) (int, error) { return exitFailed, err })(cmd, nil)
}

// subject is the plugin that is looked at.
type subject struct {
	*inspect.Inspector
	guest *guest
}

// Close lets go of the plugin.
func (s *subject) Close() error { return s.guest.release() }

// openSubject loads the plugin that the flags name.
func openSubject(f caddycmd.Flags) (*subject, error) {
	app, name := new(App), f.String("plugin")
	if path := f.String("config"); path != "" {
		config, _, _, err := caddycmd.LoadConfig(path, f.String("adapter"))
		if err != nil {
			return nil, err
		}
		if app, err = appOf(config); err != nil {
			return nil, err
		}
	} else if name != "" && name != redactPlugin {
		return nil, fmt.Errorf("plugin %q is known to a configuration only, expected --config", name)
	}
	name, p, err := app.redactor(name)
	if err != nil {
		return nil, err
	}
	return open(name, p)
}

// redactPlugin is the built-in plugin that redacts.
const redactPlugin = "redact"

// redactor is the plugin of that name, or the only one that redacts.
func (a *App) redactor(name string) (string, *Plugin, error) {
	var names []string
	for n, p := range a.Plugins {
		if p == nil {
			p = new(Plugin)
			a.Plugins[n] = p
		}
		if cmp.Or(p.Builtin, n) == redactPlugin && p.File == "" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	switch p := a.Plugins[name]; {
	case p != nil && p.File == "" && !slices.Contains(names, name):
		return "", nil, fmt.Errorf("plugin %q does not redact, expected one of %s", name, list(names))
	case p != nil:
		return name, p, nil
	case name != "" && name != redactPlugin:
		return "", nil, fmt.Errorf("unknown plugin %q, expected one of %s", name, list(append(slices.Sorted(maps.Keys(a.Plugins)), redactPlugin)))
	case name == "" && len(names) == 1:
		return names[0], a.Plugins[names[0]], nil
	case name == "" && len(names) > 1:
		return "", nil, fmt.Errorf("several plugins redact, expected --plugin with one of %s", list(names))
	}
	return redactPlugin, new(Plugin), nil
}

// open loads a plugin so that it replaces all that it finds by placeholders.
func open(name string, p *Plugin) (*subject, error) {
	p, err := revealing(p)
	if err != nil {
		return nil, fmt.Errorf("plugin %q: %w", name, err)
	}
	r, err := openSandbox()
	if err != nil {
		return nil, fmt.Errorf("opening the sandbox: %w", err)
	}
	e := &engine{ctx: context.Background(), runtime: r, guests: make(map[string]*guest), late: make(map[string]*lateCodec), master: make([]byte, secretLen)}
	rand.Read(e.master) // what is printed leads to no placeholder of the gateway
	g, err := e.admit(name, p)
	if err != nil {
		return nil, fmt.Errorf("plugin %q%s: %w", name, at(p.Source), err)
	}
	if _, counts := g.describe.Attributes["pii.total"]; !counts || !g.pool.Has(abi.HookText) {
		return nil, errors.Join(fmt.Errorf("plugin %q does not redact, expected one that counts what it finds in pii.total", name), g.release())
	}
	return &subject{inspect.New(g.pool, g.describe.Attributes), g}, nil
}

// revealing is the plugin with a configuration that finds the same and replaces all of it by placeholders.
func revealing(p *Plugin) (*Plugin, error) {
	text, err := p.written()
	if err != nil {
		return nil, err
	}
	out := *p
	out.ConfigFile = ""
	config := make(map[string]any)
	if len(text) > 0 {
		if err := json.Unmarshal(text, &config); err != nil {
			return nil, fmt.Errorf("reading config: %w", err)
		}
	}
	for _, name := range []string{"modes", "irreversible", "unscanned", "session", "receipts", "receipts_required"} {
		delete(config, name)
	}
	if p.Grants != nil && p.File == "" {
		out.Grants = &Grants{NER: p.Grants.NER} // no store is asked, no receipt written
	}
	config["mode"], config["restore"] = "placeholder", false // nothing has to be kept for an answer
	if custom, ok := config["custom"].(map[string]any); ok {
		for _, d := range custom {
			if detector, ok := d.(map[string]any); ok {
				delete(detector, "mode")
			}
		}
	}
	out.Config, err = json.Marshal(config)
	return &out, err
}

// counted is a number with what is counted.
func counted(n int, what string) string {
	if n != 1 && !strings.HasSuffix(what, "s") {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
