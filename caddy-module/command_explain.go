package caddyllm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "llm-explain",
		Usage: "[--config <path> [--adapter <name>] | --address <admin>] [--path <path>] [--header <name>:<value>...] [--key <name>] [--json] [<request.json>]",
		Short: "Tells what an LLM request would meet, and why",
		Long: `
Tells of a request which route takes it and why the others do not, which
plugins would run, and of each candidate whether it is ready, how it is
reached, what translation would lose and what the request may cost. Nothing
is sent to a provider, and plugins keep and record nothing.

The file has the request's body, or a whole HTTP request as it goes over the
wire; "-" is the standard input. --path tells the API, --key takes one of the
gateway's keys for shown, by its name.

With --config the configuration is loaded as "caddy validate" does it, without
network; the state of providers is not known then. Without, the gateway that
runs is asked at its admin endpoint.`,
		CobraFunc: func(cmd *cobra.Command) {
			cmd.Flags().StringP("config", "c", "", "Configuration file to ask, instead of the gateway that runs")
			cmd.Flags().StringP("adapter", "a", "", "Name of config adapter to apply")
			cmd.Flags().StringP("address", "", "", "Address of the admin endpoint of the gateway that runs")
			cmd.Flags().StringP("method", "", "", "Method of the request. Default: POST")
			cmd.Flags().StringP("path", "", "", "Path of the request. Default: "+defaultPath)
			cmd.Flags().StringArrayP("header", "H", nil, "Header of the request, as name:value; repeatable")
			cmd.Flags().StringP("key", "", "", "Name of one of the gateway's keys, taken for shown")
			cmd.Flags().StringP("client-ip", "", "", "Address of the client. Default: "+defaultClient)
			cmd.Flags().StringP("handler", "", "", "Place of the llm_gateway that is asked, if there are several")
			cmd.Flags().BoolP("json", "", false, "Print JSON")
			cmd.Args = cobra.MaximumNArgs(1)
			cmd.RunE = caddycmd.WrapCommandFuncForCobra(explainCommand)
		},
	})
}

func explainCommand(f caddycmd.Flags) (int, error) {
	e, err := explanation(f)
	if err != nil {
		return caddy.ExitCodeFailedStartup, err
	}
	if f.Bool("json") {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "\t")
		out.SetEscapeHTML(false)
		err = out.Encode(e)
	} else {
		err = printExplanation(os.Stdout, e)
	}
	if err != nil {
		return caddy.ExitCodeFailedStartup, err
	}
	return caddy.ExitCodeSuccess, nil
}

func explanation(f caddycmd.Flags) (*gateway.Explanation, error) {
	q, err := asked(f)
	if err != nil {
		return nil, err
	}
	if path := f.String("config"); path != "" {
		if f.String("address") != "" {
			return nil, errors.New("config and address exclude each other, expected one of them")
		}
		app, err := provisioned(path, f.String("adapter"))
		if err != nil {
			return nil, err
		}
		ctx, cancel := shortly()
		defer cancel()
		return app.explain(ctx, q)
	}
	return askAdmin(f.String("address"), q)
}

// asked is the question of a command line.
func asked(f caddycmd.Flags) (*question, error) {
	q := new(question)
	if path := f.Arg(0); path != "" {
		in := io.Reader(os.Stdin)
		if path != "-" {
			file, err := os.Open(path)
			if err != nil {
				return nil, fmt.Errorf("reading the request: %w", err)
			}
			defer file.Close()
			in = file
		}
		text, err := io.ReadAll(io.LimitReader(in, maxQuestion+1))
		switch {
		case err != nil:
			return nil, fmt.Errorf("reading the request: %w", err)
		case len(text) > maxQuestion:
			return nil, fmt.Errorf("the request has more than %d bytes", maxQuestion)
		case wire(text):
			if q, err = readQuestion(text); err != nil {
				return nil, err
			}
		default:
			if q.Body, err = json.Marshal(string(text)); err != nil {
				return nil, err
			}
		}
	}
	for flag, into := range map[string]*string{"method": &q.Method, "path": &q.Path, "key": &q.Key, "client-ip": &q.ClientIP, "handler": &q.Handler} {
		if v := f.String(flag); v != "" {
			*into = v
		}
	}
	headers, err := f.GetStringArray("header")
	if err != nil {
		return nil, err
	}
	for _, line := range headers {
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" {
			return nil, errors.New("header has no name, expected name:value")
		}
		if q.Headers == nil {
			q.Headers = make(map[string]string)
		}
		q.Headers[name] = strings.TrimSpace(value)
	}
	return q, nil
}

// wire tells whether a text is an HTTP request and not a body: it begins with a request line.
func wire(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	words := bytes.Fields(line)
	return len(words) == 3 && bytes.HasPrefix(words[1], []byte("/")) && bytes.HasPrefix(words[2], []byte("HTTP/"))
}

// provisioned is the gateway of a configuration that is loaded and not started.
func provisioned(path, adapter string) (*App, error) {
	input, _, _, err := caddycmd.LoadConfig(path, adapter)
	if err != nil {
		return nil, err
	}
	var config *caddy.Config
	if err := caddy.StrictUnmarshalJSON(caddy.RemoveMetaFields(input), &config); err != nil {
		return nil, fmt.Errorf("decoding config: %w", err)
	}
	config.Logging = &caddy.Logging{Logs: map[string]*caddy.CustomLog{"default": {BaseLog: caddy.BaseLog{Level: "ERROR"}}}}
	ctx, err := caddy.ProvisionContext(config)
	if err != nil {
		return nil, err
	}
	module, err := ctx.AppIfConfigured(appName)
	if err != nil {
		return nil, err
	}
	app, ok := module.(*App)
	if !ok {
		return nil, fmt.Errorf("the configuration has no %s, expected the global option", appName)
	}
	return app, nil
}

// askAdmin puts the question to the gateway that runs.
func askAdmin(address string, q *question) (*gateway.Explanation, error) {
	address, err := caddycmd.DetermineAdminAPIAddress(address, nil, "", "")
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	resp, err := caddycmd.AdminAPIRequest(address, http.MethodPost, "/"+appName+"/explain", http.Header{"Content-Type": {"application/json"}}, bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("asking the gateway that runs: %w, expected one with an admin endpoint, or --config", err)
	}
	defer resp.Body.Close()
	e := new(gateway.Explanation)
	if err := json.NewDecoder(resp.Body).Decode(e); err != nil {
		return nil, fmt.Errorf("reading the gateway's answer: %w", err)
	}
	return e, nil
}
