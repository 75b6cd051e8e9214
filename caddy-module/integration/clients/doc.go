// Package clients drives the gateway with the providers' own Go SDKs. It is a module of its own, so that
// the SDKs are no dependencies of the gateway.
package clients
