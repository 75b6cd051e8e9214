package failure

import (
	"net/http"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// Of is the class of an upstream's error, by its code, else its type, else its status; None when e is nil.
// Dialects have made vendors' names of errors neutral. owned tells whether the credential was the gateway's:
// a refusal of the client's own one is the client's matter, BadRequest.
func Of(e *dialect.Error, owned bool) Class {
	if e == nil {
		return None
	}
	var c Class
	switch e.Status {
	case http.StatusPaymentRequired:
		c = Credential
	case http.StatusRequestEntityTooLarge:
		c = ContextLength // some say that it is the rate limit which the request alone is beyond
	default:
		if c = ofCode(e.Code); c == None {
			c = ofType(e.Type)
		}
		if c == None {
			c = ofStatus(e.Status)
		}
	}
	if c == Credential && !owned {
		return BadRequest
	}
	return c
}

// ofCode knows the codes that dialects give errors, OpenAI's where it has one
// (https://platform.openai.com/docs/guides/error-codes,
// https://help.openai.com/en/articles/6614457-troubleshooting-api-usage-and-spend-limits). None: the code does not tell.
func ofCode(code string) Class {
	switch code {
	case "context_length_exceeded", "string_above_max_length":
		return ContextLength
	case "content_policy_violation", "content_filter":
		return ContentPolicy
	case "invalid_api_key", "account_deactivated", "unsupported_country_region_territory", "insufficient_quota", "billing_hard_limit_reached",
		"billing_not_active", "credit_balance_exhausted", "organization_usage_limit_exceeded", "organization_spend_limit_exceeded",
		"project_spend_limit_exceeded":
		return Credential
	case "model_not_found", "unsupported_api":
		return ModelNotFound
	case "rate_limit_exceeded":
		return RateLimit
	case "overloaded", "server_is_overloaded":
		return Overload
	case "timeout":
		return Timeout
	}
	return None
}

// ofType knows the neutral types that say more than a status. None: the type does not tell.
func ofType(kind string) Class {
	switch kind {
	case "rate_limit_error", "requests", "tokens":
		return RateLimit
	case "authentication_error", "permission_error", "billing_error", "insufficient_quota":
		return Credential
	}
	return None
}

func ofStatus(status int) Class {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return Credential
	case http.StatusNotFound, http.StatusGone, http.StatusNotImplemented:
		return ModelNotFound
	case http.StatusTooManyRequests:
		return RateLimit
	case http.StatusUnavailableForLegalReasons:
		return ContentPolicy
	case http.StatusRequestTimeout, http.StatusGatewayTimeout, 524: // 524: Cloudflare waited in vain
		return Timeout
	case 521, 522, 523: // Cloudflare found nobody
		return Connect
	case http.StatusServiceUnavailable, 498, 529: // 498: Groq's flexible tier; 529: Anthropic's
		return Overload
	case http.StatusFailedDependency, http.StatusTooEarly, 499: // the upstream's own upstream, its front, its own cancellation
		return ServerError
	}
	if status >= 400 && status < 500 {
		return BadRequest
	}
	return ServerError
}
