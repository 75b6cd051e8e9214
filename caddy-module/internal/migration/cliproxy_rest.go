package migration

var (
	ofOAuth  = reason{Lost, "Longmen signs in to no accounts of people: keys of the providers' APIs take their place"}
	ofFiles  = reason{Lost, "Caddy's logging does that: see the global option log"}
	ofManage = reason{Lost, "the gateway is changed by caddy reload, and seen at Caddy's admin endpoint, which listens on this machine alone (localhost:2019)"}
	ofCloak  = reason{Lost, "Longmen disguises no client as another: requests go out as they are"}
	ofRules  = reason{Lost, "requests are changed by plugins: see plugins/README.md"}
	ofOwn    = reason{Lost, "it holds for all accounts (request-retry, disable-cooling)"}
	ofErrors = reason{Lost, "what follows from failures goes by their class, of which codes and texts are known (retry on)"}
)

var cliReasons = reasons(
	because{ofManage, "remote-management home"},
	because{ofOAuth, "auth-dir claude gemini codex oauth-model-alias oauth-excluded-models oauth-request-scoped-errors antigravity xai kimi " +
		"qwen iflow auth-auto-refresh-workers ampcode antigravity-signature-cache-enabled antigravity-signature-bypass-strict " +
		"enable-gemini-cli-endpoint incognito-browser"},
	because{reason{Lost, "the Interactions API is not served"}, "interactions-api-key"},
	because{reason{Lost, "Caddy's admin endpoint has /debug/pprof/"}, "pprof"},
	because{ofRules, "plugins payload"},
	because{reason{Advice, "no texts are logged, so there is nothing to switch off"}, "commercial-mode"},
	because{ofFiles, "logging-to-file logs-max-total-size-mb error-logs-max-files"},
	because{ofLogging, "request-log"},
	because{reason{Lost, "metrics take the place of the queue"}, "redis-usage-queue-retention-seconds"},
	because{reason{Lost, "of providers' headers clients get those of their dialect"}, "passthrough-headers"},
	because{reason{Lost, "what is known of accounts survives reloads, and restarts with share_health"}, "save-cooldown-status"},
	because{reason{Advice, ofCloak.text}, "disable-claude-cloak-mode"},
	because{ofCloak, "claude-code claude-header-defaults codex-header-defaults"},
	because{reason{Lost, "a rule can refuse what is not wanted"}, "disable-image-generation"},
	because{ofBody, "gpt-image-2-base-model"},
	because{reason{Lost, "videos are not served"}, "video-result-auth-cache-ttl"},
	because{reason{Lost, "WebSockets are not served"}, "ws-auth"},
	because{reason{Lost, "limit bounds what a provider has in progress"}, "credential-concurrency"},
	because{reason{Lost, "the admin endpoint tells what is in progress"}, "credential-in-flight"},
	because{reason{Lost, "expected gemini-api-key"}, "generative-language-api-key"},
)

var accountReasons = reasons(
	because{ofCloak, "cloak fingerprint-profile experimental-cch-signing"},
	because{ofBody, "rebuild-mid-system-message support-prompt-cache-key"},
	because{ofOwn, "disable-cooling request-retry"},
	because{ofErrors, "request-scoped-errors"},
	because{reason{Lost, "it is not served"}, "alpha-search"},
	because{reason{Lost, "WebSockets are not served"}, "websockets"},
	because{reason{Lost, "it is for keys"}, "weight"},
)

var modelReasons = reasons(
	because{described, "display-name max-context-length is-compat thinking image input-modalities output-modalities"},
	because{reason{Lost, "answers name the model as the provider does"}, "force-mapping"},
)
