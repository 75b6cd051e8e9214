// Command caddy is stock Caddy with the LLM gateway in it.
package main

import (
	caddycmd "github.com/caddyserver/caddy/v2/cmd"

	_ "github.com/caddyserver/caddy/v2/modules/standard"
	_ "github.com/longmen-gateway/longmen/caddy-module"
)

func main() { caddycmd.Main() }
