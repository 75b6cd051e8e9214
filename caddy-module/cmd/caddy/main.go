package main

import (
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	_ "github.com/caddyserver/caddy/v2/modules/standard"
	_ "github.com/expr-lang/expr"
	_ "github.com/tetratelabs/wazero"
	_ "github.com/santhosh-tekuri/jsonschema/v6"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/rogpeppe/go-internal/txtar"
	_ "github.com/caddyserver/caddy/v2/caddytest"
)

func main() { caddycmd.Main() }
