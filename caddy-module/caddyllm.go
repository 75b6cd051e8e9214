// Package caddyllm is all that Caddy sees of Longmen: the app llm_gateway that holds providers and
// plugins, the handler http.handlers.llm_gateway that holds routes, their Caddyfile, admin routes,
// metrics and placeholders. Caddy calls it; the engine below internal/ knows nothing of Caddy.
package caddyllm

import (
	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
)

func init() {
	caddy.RegisterModule(App{})
	caddy.RegisterModule(Handler{})
	caddy.RegisterModule(admin{})
	httpcaddyfile.RegisterGlobalOption(appName, parseApp)
	httpcaddyfile.RegisterHandlerDirective(appName, parseHandler)
	// A gateway answers requests itself, so it stands where the other answering handlers begin.
	httpcaddyfile.RegisterDirectiveOrder(appName, httpcaddyfile.Before, "respond")
}
