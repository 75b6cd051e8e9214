// Package clients drives the gateway with the providers' own Go SDKs. It is a module of its own, so that
// the SDKs are no dependencies of the gateway.
//
// TestClients is a table of SDKs, providers' wire formats and behaviours; gaps says which cells the wire
// formats cannot fill, and why. Package agents does the same with programs that use such SDKs.
package clients
