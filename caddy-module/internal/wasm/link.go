package wasm

import (
	"fmt"
	"sort"

	"github.com/tetratelabs/wazero/api"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

const (
	exportMemory     = "memory"
	exportInitialize = "_initialize"
	exportStart      = "_start"
)

// exports are the types of the functions that a guest exports.
var exports = map[string]signature{
	exportInitialize:    {"", ""},
	abi.ExportManifest:  {"", "I"},
	abi.ExportBuffer:    {"i", "i"},
	abi.ExportConfigure: {"i", "i"},
	abi.ExportRequest:   {"i", "i"},
	abi.ExportResponse:  {"i", "i"},
	abi.ExportEvent:     {"i", "i"},
	abi.ExportText:      {"ii", "I"},
	abi.ExportBody:      {"ii", "I"},
	abi.ExportEnd:       {"i", "i"},
}

// hookExports are the exports that are hooks.
var hookExports = [hookCount]string{
	hookConfigure: abi.ExportConfigure,
	hookRequest:   abi.ExportRequest,
	hookResponse:  abi.ExportResponse,
	hookEvent:     abi.ExportEvent,
	hookText:      abi.ExportText,
	hookBody:      abi.ExportBody,
	hookEnd:       abi.ExportEnd,
}

// link checks the module's imports and the types of its exports.
func (m *Module) link() error {
	for _, f := range m.compiled.ImportedFunctions() {
		module, name, _ := f.Import()
		var known map[string]function
		switch module {
		case abi.Module:
			if name == abi.FnRefuel { // the rewriter's; it refuses guests that import it themselves
				continue
			}
			known = functions
		case wasiModule:
			known = wasiFunctions
		default:
			return fmt.Errorf("imports %q of module %q, expected only functions of %s and %s", clipName(name), clipName(module), abi.Module, wasiModule)
		}
		want, ok := known[name]
		switch {
		case !ok:
			return fmt.Errorf("imports %q of module %s, which has no such function", clipName(name), module)
		case !want.equal(f):
			return fmt.Errorf("imports %s.%s as %s, expected %s", module, name, typed(f), want.signature)
		}
	}
	if _, ok := m.compiled.ExportedMemories()[exportMemory]; !ok {
		return fmt.Errorf("exports no memory called %q, expected one", exportMemory)
	}
	have := m.compiled.ExportedFunctions()
	if have[exportInitialize] == nil && have[exportStart] != nil {
		return fmt.Errorf("exports %s but no %s: it is a command, expected a reactor (go build -buildmode=c-shared)", exportStart, exportInitialize)
	}
	names := make([]string, 0, len(exports))
	for name := range exports {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if f := have[name]; f != nil && !exports[name].equal(f) {
			return fmt.Errorf("exports %s as %s, expected %s", name, typed(f), exports[name])
		}
	}
	return need(have, abi.ExportManifest, "every guest has")
}

// linkHooks checks that the guest exports what its manifest promises.
func (m *Module) linkHooks(manifest *plugin.Manifest) error {
	have := m.compiled.ExportedFunctions()
	if len(manifest.Plugins) > 1 {
		if err := need(have, abi.ExportConfigure, "every guest with several plugins has"); err != nil {
			return err
		}
	}
	for i := range manifest.Plugins {
		d := &manifest.Plugins[i]
		for h := hookConfigure; h < hookCount; h++ {
			if !d.Has(h.String()) {
				continue
			}
			why := fmt.Sprintf("the manifest of %s names hook %s", d.Name, h)
			if err := need(have, hookExports[h], why); err != nil {
				return err
			}
			if h == hookText || h == hookBody {
				if err := need(have, abi.ExportBuffer, why); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func need(have map[string]api.FunctionDefinition, name, why string) error {
	if have[name] == nil {
		return fmt.Errorf("exports no function %s %s, but %s", name, exports[name], why)
	}
	return nil
}

// startPages is the memory that the guest begins with.
func (m *Module) startPages() uint32 { return m.compiled.ExportedMemories()[exportMemory].Min() }

// fits checks the memory that the guest begins with, 0 for no bound.
func (m *Module) fits(pages uint32) error {
	if start := m.startPages(); pages != 0 && start > pages {
		return fmt.Errorf("loading module: begins with %d pages of memory, %d bytes, expected at most %d pages", start, uint64(start)*pageSize, pages)
	}
	return nil
}

// clipName keeps foreign names from flooding an error.
func clipName(s string) string {
	if len(s) > 80 {
		return s[:80] + "..."
	}
	return s
}
