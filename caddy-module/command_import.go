package caddyllm

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/longmen-gateway/longmen/caddy-module/internal/migration"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "llm-import",
		Usage: "<format> <file>",
		Short: "Turns another gateway's configuration file into a Caddyfile",
		Long: `
Prints the Caddyfile that a configuration file of another gateway comes to,
and on standard error a line for each key that is not carried over, or does
not mean quite the same, with its line in the file and why. "-" is the
standard input.

Formats are litellm, the config.yaml of LiteLLM's proxy, and cliproxyapi. Both
are config adapters, too: caddy run --adapter litellm --config config.yaml
runs the file as it is.

Keys that stand in the file stand in the Caddyfile. They are in no report.`,
		CobraFunc: func(cmd *cobra.Command) {
			cmd.Args = cobra.ExactArgs(2)
			cmd.RunE = caddycmd.WrapCommandFuncForCobra(importCommand)
		},
	})
}

func importCommand(f caddycmd.Flags) (int, error) {
	if err := importFile(os.Stdout, os.Stderr, os.Stdin, f.Arg(0), f.Arg(1)); err != nil {
		return caddy.ExitCodeFailedStartup, err
	}
	return caddy.ExitCodeSuccess, nil
}

// importFile writes the Caddyfile to out and the report to told.
func importFile(out, told io.Writer, in io.Reader, format, path string) error {
	var file []byte
	var err error
	if path == "-" {
		file, err = io.ReadAll(io.LimitReader(in, migration.MaxSize+1))
	} else {
		file, err = os.ReadFile(path)
	}
	if err != nil {
		return err
	}
	made, err := migration.Convert(format, file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if _, err := out.Write(made.Caddyfile); err != nil {
		return err
	}
	_, err = io.WriteString(told, made.Report(filepath.Base(path)))
	return err
}
