// Package host is the seam between the SDK and whoever runs the plugin: one Go function for each host
// function of sdk/abi. Package longmen calls it; in a wasm build the functions are imports, in a
// native build they go to the Host that package longmentest installs.
package host
