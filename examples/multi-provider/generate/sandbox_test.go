package main

import _ "github.com/longmen-gateway/longmen/caddy-module/plugintest" // LONGMEN_WASM=… go test
