# Longmen: build, run, test. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export GOTOOLCHAIN := local
export CGO_ENABLED ?= 1

# Tools, pinned.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    ?= 20s

GUEST_BUILD := GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 go build -buildmode=c-shared -buildvcs=false -trimpath -ldflags="-s -w"
CADDY       := bin/caddy
SOURCES     := $(shell find caddy-module sdk plugins -name '*.go' -not -name '*_test.go' 2>/dev/null) go.mod go.sum

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: run
run: $(CADDY) ## build the gateway and start ./Caddyfile on :8080
	$(CADDY) run --config Caddyfile

.PHONY: build
build: $(CADDY) ## build bin/caddy
$(CADDY): $(SOURCES) $(wildcard plugins/dist/*.wasm)
	go build -buildvcs=false -o $@ ./caddy-module/cmd/caddy

.PHONY: xcaddy
xcaddy: ## build bin/caddy-xcaddy by the recipe in xcaddy.json, from this checkout (wants xcaddy installed)
	xcaddy build $$(sed -n 's/.*"caddy_version": *"\([^"]*\)".*/\1/p' xcaddy.json) \
		$$(sed -n 's/^\t\t"\(github[^"]*\)".*/--with \1/p' xcaddy.json) \
		--replace github.com/longmen-gateway/longmen=$(CURDIR) --output bin/caddy-xcaddy

.PHONY: plugins
plugins: ## rebuild the first-party plugins into plugins/dist, with the version of the detectors
	go generate ./plugins/redact/detect
	$(GUEST_BUILD) -o plugins/dist/firstparty.wasm ./plugins/firstparty

# Tests of one goroutine that would take minutes with the race detector and have nothing to race with; likewise package fuel.
ALONE := ^(TestGoldens|TestScan|TestDescribe|TestExplainCommand|TestRedactCommandLine|TestImport)$$

# The server that tests of stores start. Debian's package also starts one of its own where systemd runs.
.PHONY: redis
redis:
	@command -v redis-server >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends redis-server >/dev/null && command -v redis-server >/dev/null; } || \
		{ echo "make test wants redis-server (7.0 or newer) and could not install it with apt-get: install it, so that it is found in PATH"; exit 1; }

.PHONY: test
test: $(CADDY) redis ## run every test: units, integration, examples, plugins in the sandbox, race, real SDK clients
	go test -timeout 9m ./...
	LONGMEN_WASM=$(CURDIR)/plugins/dist/firstparty.wasm go test -timeout 5m ./plugins/...
	go test -race -skip '$(ALONE)' -timeout 9m ./sdk/document ./caddy-module ./caddy-module/integration $$(go list ./caddy-module/internal/... | grep -v /fuel)
	cd caddy-module/integration/clients && LONGMEN_CADDY=$(CURDIR)/$(CADDY) go test -timeout 5m ./...

# The coding agents that test-clients drives, at the versions of their lock file. No install scripts run.
AGENTS := caddy-module/integration/clients/agents/package.json caddy-module/integration/clients/agents/package-lock.json
bin/clients/.installed: $(AGENTS)
	@for tool in node npm; do command -v $$tool >/dev/null || { echo "make test-clients wants $$tool (Node.js 20 or newer) to install and run the coding agents; apt-get install nodejs npm"; exit 1; }; done
	@mkdir -p bin/clients
	cp $(AGENTS) bin/clients
	npm ci --prefix bin/clients --ignore-scripts --no-audit --no-fund
	@touch $@

.PHONY: test-clients
test-clients: $(CADDY) bin/clients/.installed ## drive SDKs and real coding agents through the gateway; installs the agents with npm
	cd caddy-module/integration/clients && LONGMEN_CADDY=$(CURDIR)/$(CADDY) LONGMEN_AGENTS=$(CURDIR)/bin/clients go test -count=1 -timeout 9m ./...

.PHONY: check
check: ## format, vet, lint, tidy, plugins equal their source; fails on a dirty tree
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "$$unformatted"; echo "gofmt: the files above are not formatted"; exit 1; fi
	go generate ./plugins/redact/detect
	go vet ./...
	GOOS=wasip1 GOARCH=wasm go vet ./sdk/go/longmen ./plugins/firstparty
	go run $(STATICCHECK) ./...
	go mod tidy -diff
	cd caddy-module/integration/clients && go mod tidy -diff && go vet ./...
	@mkdir -p bin
	$(GUEST_BUILD) -o bin/firstparty.wasm ./plugins/firstparty
	@cmp bin/firstparty.wasm plugins/dist/firstparty.wasm || { echo "plugins/dist/firstparty.wasm is not what its source builds: run make plugins"; exit 1; }
	@test -z "$$(git status --porcelain)" || { git status --short; echo "the tree is dirty"; exit 1; }

.PHONY: bench
bench: $(CADDY) ## compare with Caddy's own reverse_proxy, in one run; prints ratios
	go run ./caddy-module/bench -caddy $(CADDY)

.PHONY: fuzz
fuzz: ## fuzz every target for FUZZTIME (20s) each
	@set -e; for f in $$(grep -rlE '^func Fuzz' --include='*_test.go' sdk plugins caddy-module); do \
		for t in $$(grep -oE '^func Fuzz[A-Za-z0-9_]*' $$f | sed 's/func //'); do \
			echo "== $$(dirname $$f) $$t"; go test -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME) ./$$(dirname $$f); done; done

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
