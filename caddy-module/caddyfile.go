package caddyllm

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/dustin/go-humanize"
)

// source is where d stands, as errors name it.
func source(d *caddyfile.Dispenser) string { return d.File() + ":" + strconv.Itoa(d.Line()) }

// unknown is the error of a subdirective that does not exist.
func unknown(d *caddyfile.Dispenser, expected ...string) error {
	return d.Errf("unknown subdirective %q, expected one of %s", d.Val(), strings.Join(expected, ", "))
}

// argument reads the only argument of the current line.
func argument(d *caddyfile.Dispenser, what string) (string, error) {
	name := d.Val()
	args := d.RemainingArgs()
	if len(args) != 1 {
		return "", d.Errf("%s has %d arguments, expected %s", name, len(args), what)
	}
	return args[0], nil
}

// once reads the only argument of a line that may stand once.
func once(d *caddyfile.Dispenser, into *string, what string) error {
	name := d.Val()
	if *into != "" {
		return d.Errf("%s is given twice, expected once", name)
	}
	v, err := argument(d, what)
	if err != nil {
		return err
	}
	if v == "" {
		return d.Errf("%s is empty, expected %s", name, what)
	}
	*into = v
	return nil
}

// pair reads a line of a name and what belongs to it, which stands once for each name. Messages show the name as verb does.
func pair(d *caddyfile.Dispenser, into *map[string]string, verb, what string) error {
	line := d.Val()
	args := d.RemainingArgs()
	if len(args) != 2 {
		return d.Errf("%s has %d arguments, expected %s", line, len(args), what)
	}
	if _, twice := (*into)[args[0]]; twice {
		return d.Errf("%s "+verb+" is given twice, expected once", line, args[0])
	}
	if *into == nil {
		*into = make(map[string]string)
	}
	(*into)[args[0]] = args[1]
	return nil
}

// several reads one argument or more.
func several(d *caddyfile.Dispenser, what string) ([]string, error) {
	name := d.Val()
	args := d.RemainingArgs()
	if len(args) == 0 {
		return nil, d.Errf("%s has no argument, expected %s", name, what)
	}
	return args, nil
}

// none refuses arguments on a line that takes none.
func none(d *caddyfile.Dispenser) error {
	name := d.Val()
	if args := d.RemainingArgs(); len(args) > 0 {
		return d.Errf("%s has %d arguments, expected none", name, len(args))
	}
	return nil
}

// noBlock refuses a block below a line that takes none. It has to be called on the line's last token.
func noBlock(d *caddyfile.Dispenser, name string) error {
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		return d.Errf("%s takes no block", name)
	}
	return nil
}

// size reads a number of bytes such as 512KiB or 64MB.
func size(d *caddyfile.Dispenser, into *int64) error {
	name := d.Val()
	v, err := argument(d, "a size such as 64MiB")
	if err != nil {
		return err
	}
	*into, err = parseSize(d, name, v)
	return err
}

func parseSize(d *caddyfile.Dispenser, name, v string) (int64, error) {
	n, err := humanize.ParseBytes(v)
	if err != nil || n == 0 || n > 1<<50 {
		return 0, d.Errf("%s %q is not a size, expected one such as 64MiB", name, v)
	}
	return int64(n), nil
}

// list writes names for the end of an error.
func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// duplicate is the error of a name that is declared again.
func duplicate(d *caddyfile.Dispenser, kind, name, first string) error {
	return d.Err(fmt.Sprintf("%s %q is declared twice, first at %s", kind, name, first))
}
