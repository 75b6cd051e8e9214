// Package agents drives the gateway with the coding agents that people use, headless and offline. Its
// tests run in `make test-clients`, which installs the agents.
package agents
