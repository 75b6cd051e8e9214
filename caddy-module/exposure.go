package caddyllm

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// exposure is a way by which texts can leave a route with personal data in them, although a plugin is there to take it
// out. plugins/README.md lists them.
type exposure struct {
	refused bool // the configuration is; otherwise it is warned of
	text    string
}

// expose judges the routes: what is refused is the error, what is not is logged, if all else is well.
func (p *plan) expose(a *App, h *Handler, well bool) error {
	var errs []error
	var warnings []func()
	tell := func(where string, found []exposure) {
		for _, e := range found {
			if e.refused {
				errs = append(errs, fmt.Errorf("%s: %s", where, e.text))
				continue
			}
			warnings = append(warnings, func() {
				a.log.Warn("personal data may leave", zap.String("where", where), zap.String("reason", e.text))
			})
		}
	}
	tell("use"+at(h.Source), misplaced(nil, p.before))
	for i, r := range p.routes {
		found := misplaced(p.before, r.guests)
		found = append(found, r.skipped(p.before)...)
		found = append(found, r.passes(p.before)...)
		found = append(found, p.bare(i)...)
		tell(fmt.Sprintf("route %q%s", r.name, at(r.source)), found)
	}
	if len(errs) > 0 || !well {
		return errors.Join(errs...)
	}
	for _, warn := range warnings {
		warn()
	}
	return nil
}

// String names the plugin and its place.
func (g *guest) String() string { return fmt.Sprintf("plugin %q%s", g.name, at(g.source)) }

func (g *guest) takesOut() bool { return g.protection != nil && g.protection.takesOut }

// misplaced finds plugins that see texts and could keep them or send them away, before one that would have taken personal
// data out. before has been judged already.
func misplaced(before, use []*guest) (found []exposure) {
	chain := slices.Concat(before, use)
	for i, g := range chain {
		if len(g.outlets) == 0 {
			continue
		}
		for j, later := range chain {
			if j <= i || j < len(before) || !later.takesOut() {
				continue
			}
			expected := fmt.Sprintf("expected %q behind %q, both in the route or both before routing", g.name, later.name)
			if i >= len(before) {
				expected = fmt.Sprintf("expected \"use %s\"", strings.Join(behind(use, g, later), " "))
			}
			found = append(found, exposure{true, fmt.Sprintf("%s sees texts and may keep them or send them away (grant %s), and stands before %s, which takes personal data out of them: %s",
				g, strings.Join(g.outlets, ", "), later, expected)})
			break
		}
	}
	return found
}

// behind are the names of a use line with g moved behind later.
func behind(use []*guest, g, later *guest) (names []string) {
	for _, u := range use {
		if u != g {
			names = append(names, u.name)
		}
		if u == later {
			names = append(names, g.name)
		}
	}
	return names
}

// skipped finds plugins that take personal data out and are passed over when they fail.
func (r *plannedRoute) skipped(before []*guest) (found []exposure) {
	to := r.outside()
	for i, g := range slices.Concat(before, r.guests) {
		onError, expected := g.onError, "expected on_error fail"
		if i >= len(before) && r.onError != "" {
			onError, expected = r.onError, "expected on_error in the blocks of the other plugins, not of the route"
		}
		if !g.takesOut() || onError != "skip" {
			continue
		}
		where := "to the candidates"
		if len(to) > 0 {
			where = "to " + list(to)
		}
		found = append(found, exposure{len(to) > 0, fmt.Sprintf("%s takes personal data out of texts and has on_error skip here: when it fails they go %s as they came, %s", g, where, expected)})
	}
	return found
}

// passes finds what a plugin that takes personal data out leaves in texts that leave the house.
func (r *plannedRoute) passes(before []*guest) (found []exposure) {
	to := r.outside()
	if len(to) == 0 {
		return nil
	}
	for _, g := range slices.Concat(before, r.guests) {
		if !g.takesOut() {
			continue
		}
		if only := g.protection.only; len(only) > 0 {
			found = append(found, exposure{text: fmt.Sprintf("%s only counts %s, which goes to %s as it came: expected another mode than detect", g, strings.Join(only, ", "), list(to))})
		}
		if g.protection.unread {
			found = append(found, exposure{text: fmt.Sprintf("%s cannot search images, audio and files, which go to %s as they came: expected unscanned warn or block in its config, or allow if that is meant", g, list(to))})
		}
	}
	return found
}

// bare finds a route on which nobody takes personal data out of texts that leave the house, while one does on others. Where
// a rule decides by what was counted before routing, that is meant.
func (p *plan) bare(i int) []exposure {
	r := p.routes[i]
	to := r.outside()
	if len(to) == 0 || slices.ContainsFunc(slices.Concat(p.before, r.guests), (*guest).takesOut) {
		return nil
	}
	if slices.ContainsFunc(p.before, func(g *guest) bool { return g.protection != nil }) &&
		slices.ContainsFunc(p.routes[:i+1], func(earlier *plannedRoute) bool {
			return strings.Contains(earlier.text, "pii.") || strings.Contains(earlier.text, "secret.")
		}) {
		return nil
	}
	for _, other := range p.routes {
		k := slices.IndexFunc(other.guests, (*guest).takesOut)
		if k < 0 {
			continue
		}
		counts := ""
		for _, g := range slices.Concat(p.before, r.guests) {
			if g.protection != nil {
				counts = fmt.Sprintf("; %s only counts", g)
			}
		}
		return []exposure{{text: fmt.Sprintf("texts go to %s as they came, while %s takes personal data out of them on route %q%s: expected use %s here, too, or providers of your own", list(to), other.guests[k], other.name, counts, other.guests[k].name)}}
	}
	return nil
}

// outside are the providers of the route that are not in the house, with their hosts.
func (r *plannedRoute) outside() (names []string) {
	for _, c := range r.all() {
		host, out := outsideHost(c.provider.BaseURL())
		if name := fmt.Sprintf("provider %q (%s)", c.provider.Name, host); out && c.provider.Preset() != provider.Demo && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// ownNames are ends of names that are not resolved outside of a house.
var ownNames = []string{".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa"}

// outsideHost is the host of a URL, and whether it is somebody else's as far as can be told without asking: a loopback,
// private or link-local address, or a name that is only known inside, is not.
func outsideHost(base string) (host string, outside bool) {
	u, err := url.Parse(base)
	if err != nil {
		return "", true
	}
	host = strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return host, !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast()
	}
	own := !strings.Contains(host, ".") || slices.ContainsFunc(ownNames, func(end string) bool { return strings.HasSuffix(host, end) })
	return host, !own
}

// checkRecognisers warns of plugins that show texts to a recogniser of names outside of the house.
func (a *App) checkRecognisers() {
	for _, g := range a.engine.opened() {
		if g.recogniser == "" {
			continue
		}
		if host, outside := outsideHost(g.recogniser); outside {
			a.log.Warn("personal data may leave", zap.String("where", g.String()), zap.String("reason", fmt.Sprintf("grant ner sends texts to %s as they came: expected a service of your own", host)))
		}
	}
}
