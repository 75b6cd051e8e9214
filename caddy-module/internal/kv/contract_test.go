package kv_test

import (
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
	"github.com/longmen-gateway/longmen/caddy-module/internal/kv/kvtest"
)

func TestContract(t *testing.T) { kvtest.Contract(t, kv.NewMemory(nil).Namespace("test", 0)) }
