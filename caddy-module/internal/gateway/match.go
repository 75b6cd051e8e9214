package gateway

import (
	"context"
	"net"
	"net/netip"
	"sync"

	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

// envs are the evaluation environments of rules, made to be reused.
var envs = sync.Pool{New: func() any { return new(route.Env) }}

// lendEnv lends one over what is known of a request, until returnEnv.
func lendEnv(known *route.Request) *route.Env {
	env := envs.Get().(*route.Env)
	env.Reset(known)
	return env
}

func returnEnv(env *route.Env) {
	env.Reset(nil)
	envs.Put(env)
}

// facts are what rules see of the request, as far as it is known.
func (x *exchange) facts() *route.Request {
	return &route.Request{
		HTTP: x.request, Address: x.record.ClientIP, Client: x.dialect, Arena: x.arena, Root: x.root, Asked: x.asked,
		Caller: x.who, Attributes: x.chain.Attribute, Figures: x.gateway.Figures,
	}
}

// match finds the route: the first whose rule holds. The request is read as soon as a rule asks for it.
func (x *exchange) match(ctx context.Context) (*Route, error) {
	known := x.facts()
	env := lendEnv(known)
	defer returnEnv(env)
	for _, r := range x.gateway.Routes {
		if x.root == 0 && r.reads(x.named) {
			if err := x.read(ctx); err != nil {
				return nil, err
			}
			known.Root, known.Asked = x.root, x.asked
			env.Reset(known)
		}
		ok, err := r.Rule.Match(env)
		if err != nil {
			return nil, &routeError{route: r.Name, cause: err}
		}
		if ok {
			return r, nil
		}
	}
	return nil, noRoute()
}

// host is the address part of "address:port", normalised so that one client has one spelling.
func host(remote string) string {
	h, _, err := net.SplitHostPort(remote)
	if err != nil {
		h = remote
	}
	if ip, err := netip.ParseAddr(h); err == nil {
		return ip.Unmap().String()
	}
	return h
}
