package gateway

import (
	"context"
	"net/http"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// listModels tells the client, in its dialect, which models it can ask for, or of one whether it can.
func (x *exchange) listModels(ctx context.Context) error {
	var models []dialect.Model
	if x.gateway.Models != nil {
		models = x.gateway.Models.Models(ctx)
	}
	asked := x.named.Model
	if asked == "" {
		return x.sink.bytes(http.StatusOK, "application/json", x.dialect.RenderModels(models))
	}
	for i := range models {
		// The name may begin with its provider's, as in requests.
		if m := &models[i]; m.ID == asked || strings.TrimPrefix(asked, m.Owner+"/") == m.ID {
			return x.sink.bytes(http.StatusOK, "application/json", x.dialect.RenderModel(m))
		}
	}
	return &dialect.Error{
		Status: http.StatusNotFound, Type: dialect.TypeOf(http.StatusNotFound), Code: "model_not_found", Param: "model",
		Message: "no provider of this gateway lists the model " + asked,
	}
}
