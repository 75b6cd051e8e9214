package migration

var (
	ofDatabase = reason{Lost, "it belongs to LiteLLM's database of keys, users and spend, which stays there"}
	ofBody     = reason{Lost, "Longmen adds no parameters of its own to requests: the client has to send it"}
	described  = reason{Advice, "it describes the model; nothing here reads it"}
	ofLogging  = reason{Lost, "records go to the log or to files by the plugin audit (grant record), metrics to Caddy's /metrics"}
	ofScreen   = reason{Lost, "Longmen's plugin redact finds personal data and secrets: see plugins/redact/README.md"}
	ofPages    = reason{Lost, "there are no pages: the state is at Caddy's admin endpoint, on this machine"}
	ofCloud    = reason{Lost, "its credentials are made by cloud libraries, which Longmen has not"}
)

var rootReasons = reasons(
	because{ofLogging, "callback_settings"},
	because{ofScreen, "guardrails policies"},
	because{reason{Lost, "other files are not read: put their contents here"}, "include"},
	because{reason{Lost, "Longmen serves no tools"}, "mcp_servers search_tools"},
	because{ofBody, "prompts"},
	because{reason{Lost, "Longmen searches no documents"}, "vector_store_registry"},
	because{reason{Lost, "files go to providers by the models' routes alone"}, "files_settings finetune_settings"},
)

var rowReasons = reasons(
	because{described, "model_id"},
)

var paramReasons = reasons(
	because{ofBody, "temperature max_tokens max_completion_tokens top_p top_k seed stop n presence_penalty frequency_penalty response_format " +
		"extra_body thinking reasoning_effort additional_drop_params merge_reasoning_content_in_choices prompt_id " +
		"cache_control_injection_points"},
	because{reason{Advice, "it holds for the handler (strict_params), not for one model"}, "drop_params"},
	because{reason{Lost, "rules choose by key.… and header(…), not by tags"}, "tags"},
	because{described, "region_name"},
	because{reason{Lost, "Longmen sends Azure an API key"}, "azure_ad_token tenant_id client_id client_secret"},
	because{ofCloud, "aws_region_name aws_access_key_id aws_secret_access_key vertex_credentials"},
	because{reason{Lost, "attempts are counted by route (retry)"}, "max_retries num_retries"},
	because{reason{Lost, "the demo provider answers without a key"}, "mock_response mock_timeout mock_testing_fallbacks"},
	because{ofDatabase, "max_budget budget_duration"},
	because{reason{Lost, "prices are of tokens"}, "input_cost_per_second output_cost_per_second"},
	because{reason{Lost, "failures are counted together"}, "allowed_fails_policy"},
	because{reason{Lost, "there are no pass-through routes"}, "use_in_pass_through"},
	because{ofScreen, "guardrails"},
	because{reason{Lost, "clients have no say in where requests go"}, "configurable_clientside_auth_params"},
)

// anyReasons are those of a row whose model is * of any provider.
var anyReasons = reasons(
	because{reason{Lost, "each of the providers behind * has keys, limits and times of its own"}, "api_key api_base base_url api_version rpm tpm weight timeout stream_timeout " +
		"max_parallel_requests extra_headers headers organization"},
)

var infoReasons = reasons(
	because{described, "id mode base_model version max_tokens max_input_tokens max_output_tokens description supports_vision " +
		"supports_function_calling supports_parallel_function_calling supports_response_schema supports_reasoning " +
		"supports_prompt_caching litellm_provider db_model metadata custom_tokenizer"},
	because{ofDatabase, "access_groups team_id"},
	because{reason{Lost, "prices are of tokens"}, "input_cost_per_second"},
	because{reason{Lost, "the model is there in all environments"}, "supported_environments"},
	because{reason{Lost, "a probe names its model"}, "health_check_model health_check_timeout"},
	because{reason{Lost, "probes are off until a provider has one"}, "disable_background_health_check"},
)

var cacheReasons = reasons(
	because{reason{Lost, "all that the routes generate is kept"}, "supported_call_types"},
	because{reason{Lost, "the store has its own"}, "max_connections"},
	because{reason{Lost, "answers are found by the same request alone"}, "similarity_threshold"},
	because{reason{Lost, "answers are kept in memory or in Redis"}, "disk_cache_dir"},
	because{reason{Lost, "ttl is for both"}, "default_in_memory_ttl default_in_redis_ttl"},
	because{reason{Lost, "the store has user"}, "username"},
	because{reason{Lost, "the store's tls takes a CA file"}, "ssl_cert_reqs ssl_check_hostname"},
)

var generalReasons = reasons(
	because{ofDatabase, "database_url database_connection_pool_limit database_connection_timeout store_model_in_db store_prompts_in_spend_logs " +
		"disable_spend_logs maximum_spend_logs_retention_period proxy_batch_write_at proxy_budget_rescheduler_min_time proxy_budget_rescheduler_max_time allow_requests_on_db_unavailable salt_key " +
		"default_team_settings"},
	because{reason{Lost, "callers are known by keys: see auth keys"}, "custom_auth enable_jwt_auth litellm_jwtauth"},
	because{reason{Lost, "a rule can tell: user == \"\""}, "enforce_user_param"},
	because{reason{Lost, "handlers of Caddy's events app are told of providers that fail"}, "alerting alerting_threshold alert_types"},
	because{reason{Lost, "a provider's probe asks its endpoints"}, "background_health_checks health_check_interval"},
	because{reason{Lost, "limit bounds what a route or a provider has in progress"}, "max_parallel_requests global_max_parallel_requests"},
	because{ofPages, "ui_access_mode"},
	because{reason{Lost, "Caddy's reverse_proxy passes on what is no call of a model"}, "pass_through_endpoints"},
	because{reason{Lost, "a request has to name its model"}, "completion_model"},
	because{reason{Lost, "{file.PATH} reads secrets from files"}, "key_management_system"},
	because{reason{Lost, "Caddy's matcher remote_ip does that"}, "allowed_ips"},
	because{reason{Lost, "max_body does that"}, "max_request_size_mb"},
	because{reason{Lost, "Caddy's option trusted_proxies does that"}, "use_x_forwarded_for"},
	because{reason{Lost, "of clients' headers providers get those of their API"}, "forward_client_headers_to_llm_api"},
	because{described, "infer_model_from_keys"},
	because{reason{Lost, "there is none to have"}, "litellm_license"},
)

var settingReasons = reasons(
	because{ofLogging, "success_callback failure_callback callbacks service_callbacks langfuse_default_tags s3_callback_params"},
	because{reason{Advice, "no log of Longmen has texts"}, "turn_off_message_logging"},
	because{reason{Advice, "no log of Longmen has keys"}, "redact_user_api_key_info"},
	because{reason{Advice, "Caddy's logs are JSON where they do not go to a terminal"}, "json_logs"},
	because{reason{Lost, "a transport can be given to each provider"}, "force_ipv4 ssl_verify"},
	because{reason{Lost, "answers go out as they come"}, "enable_json_schema_validation"},
	because{reason{Advice, "losses in translation are told in x-gateway-warning"}, "modify_params"},
	because{ofDatabase, "default_internal_user_params default_team_settings upperbound_key_generate_params " +
		"max_internal_user_budget"},
	because{reason{Advice, "Longmen calls nobody at home"}, "telemetry"},
	because{reason{Lost, "model_group_alias is carried"}, "model_alias_map"},
	because{described, "enable_preview_features"},
	because{reason{Lost, "timeouts bound it"}, "request_timeout"},
	because{ofScreen, "guardrails"},
	because{ofCloud, "default_vertex_config"},
	because{reason{Lost, "Longmen serves no tools"}, "mcp_aliases"},
)

var routerReasons = reasons(
	because{reason{Lost, "a prompt that is too long is known when the provider says so: fallback context_length follows then"}, "enable_pre_call_checks"},
	because{reason{Lost, "rules choose by key.… and header(…), not by tags"}, "enable_tag_filtering tag_filtering_match_any"},
	because{reason{Lost, "failures are counted together"}, "allowed_fails_policy"},
	because{reason{Lost, "the ways to choose have no settings"}, "routing_strategy_args"},
	because{reason{Lost, "attempts are counted (retry)"}, "max_fallbacks"},
	because{ofBody, "default_litellm_params"},
	because{reason{Advice, "connections are kept by Caddy's transport"}, "client_ttl"},
	because{described, "debug_level optional_pre_call_checks set_verbose fallback_to_default"},
	because{reason{Lost, "cache in litellm_settings is carried"}, "cache_responses"},
	because{reason{Lost, "limit bounds what a provider has in progress"}, "default_max_parallel_requests"},
	because{reason{Lost, "pauses between attempts grow by themselves (backoff)"}, "retry_after"},
	because{reason{Advice, "who waits for a place has his turn at once"}, "polling_interval"},
	because{reason{Lost, "retry_policy is carried, for all models"}, "model_group_retry_policy"},
	because{ofDatabase, "provider_budget_config"},
	because{reason{Lost, "expected redis_host and redis_port"}, "redis_url"},
)

// tellRest tells of what nobody has read.
func (l *lite) tellRest(root *section) {
	for _, key := range []string{"timeout", "request_timeout", "stream_timeout", "num_retries", "allowed_fails", "cooldown_time", "retry_policy", "routing_strategy", "disable_cooldowns"} {
		l.router.take(key) // without a model nobody has asked for it
	}
	root.rest(rootReasons)
	l.general.rest(generalReasons)
	l.settings.rest(settingReasons)
	l.router.rest(routerReasons)
}
