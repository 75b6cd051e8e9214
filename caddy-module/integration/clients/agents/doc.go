// Package agents drives the gateway with the coding agents that people use, headless and offline. Its
// tests run in `make test-clients`, which installs the agents.
//
// A scripted model stands behind a provider's wire format: it has the agent write a file, read it in two
// ways at once and tell what it saw, and it refuses a request that the provider would refuse, above all
// one that has lost the signatures of earlier steps. A newer agent is a new version in package.json and
// `npm install --package-lock-only` beside it.
package agents
