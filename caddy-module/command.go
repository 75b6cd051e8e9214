package caddyllm

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "llm-models",
		Usage: "[--config <path> [--adapter <name>]] [--client <dialect>] [<provider>|<model>...]",
		Short: "Prints what is known of LLM providers and models",
		Long: `
Without arguments it lists the known providers and families of models.

For a provider it prints which dialects it is spoken to in, by which way
clients of each other dialect reach it, and what is lost on that way: "drop"
is left out without effect on the meaning, "warn" is told in the header
x-gateway-warning and refused with strict_params, "400" is refused always.
With --client only one client's dialect is shown.

For a model it prints what is known of its family: limits in tokens, input,
tools, structured output, thinking, and the day on which it goes away.

With --config the providers are those of a configuration, else the presets.
Nothing is sent over the network.`,
		CobraFunc: func(cmd *cobra.Command) {
			cmd.Flags().StringP("config", "c", "", "Configuration file whose providers are meant")
			cmd.Flags().StringP("adapter", "a", "", "Name of config adapter to apply")
			cmd.Flags().StringP("client", "", "", "Dialect of the clients, such as anthropic.messages")
			cmd.RunE = caddycmd.WrapCommandFuncForCobra(printModels)
		},
	})
}

func printModels(f caddycmd.Flags) (int, error) {
	app := new(App)
	if path := f.String("config"); path != "" {
		config, _, _, err := caddycmd.LoadConfig(path, f.String("adapter"))
		if err != nil {
			return caddy.ExitCodeFailedStartup, err
		}
		if app, err = appOf(config); err != nil {
			return caddy.ExitCodeFailedStartup, err
		}
	}
	if err := describe(os.Stdout, app, f.String("client"), f.Args()); err != nil {
		return caddy.ExitCodeFailedStartup, err
	}
	return caddy.ExitCodeSuccess, nil
}

// appOf is the gateway's part of a configuration.
func appOf(config []byte) (*App, error) {
	var parts struct {
		Apps map[string]json.RawMessage `json:"apps"`
	}
	if err := json.Unmarshal(config, &parts); err != nil {
		return nil, err
	}
	app := new(App)
	text, ok := parts.Apps[appName]
	if !ok {
		return nil, fmt.Errorf("the configuration has no %s, expected the global option", appName)
	}
	if err := json.Unmarshal(text, app); err != nil {
		return nil, fmt.Errorf("reading app %s: %w", appName, err)
	}
	return app, nil
}

// describe prints what is asked for: providers, models, or both lists.
func describe(w io.Writer, a *App, client string, asked []string) error {
	d, err := newDescription(a, client)
	if err != nil {
		return err
	}
	if len(asked) == 0 {
		d.providers(w)
		fmt.Fprintln(w)
		d.models(w)
		return nil
	}
	for i, name := range asked {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := d.one(w, name); err != nil {
			return err
		}
	}
	return nil
}
