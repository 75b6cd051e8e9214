package migration

import (
	"math"
	"strings"
)

// deployment is one row of model_list.
type deployment struct {
	at       value
	group    string
	model    string // without the prefix
	prefix   string
	place    place
	headers  [][2]string
	key      string // a word, "" for none
	rpm, tpm int64
	weight   float64
	order    int
	parallel int
	timeout  float64
	stream   float64 // its timeout
	cooldown float64
	silent   string    // group that gets a copy
	prices   []float64 // of a million tokens
}

// group is the deployments that clients call by one name.
type group struct {
	name        string
	at          value
	also        []string // other names
	deployments []*deployment
	pools       []*provider
	weights     []float64 // of the pools
	direct      bool      // the provider's name is what the model's name begins with
}

func (l *lite) group(name string) *group {
	for _, g := range l.groups {
		if g.name == name {
			return g
		}
	}
	return nil
}

func (l *lite) readModels(root *section) {
	rows := root.list("model_list")
	for _, row := range rows {
		if d := l.readRow(newSection(row, l.notes)); d != nil {
			g := l.group(d.group)
			if g == nil {
				g = &group{name: d.group, at: d.at}
				l.groups = append(l.groups, g)
			}
			g.deployments = append(g.deployments, d)
		}
	}
	if len(rows) == 0 {
		l.notes.lost(value{path: "model_list", line: 1}, "there is none: models that stand in LiteLLM's database are not in the file")
	}
}

// readRow reads a row. It is nil if Longmen has no way there.
func (l *lite) readRow(row *section) *deployment {
	params, info := row.in("litellm_params"), row.in("model_info")
	d := &deployment{at: row.at, group: row.word("model_name")}
	row.rest(rowReasons)
	l.addCredential(params)
	model, custom := params.word("model"), params.word("custom_llm_provider")
	at, _ := params.take("model")
	if d.group == "" {
		d.group = model
	}
	if !plain(model) || !plain(d.group) {
		l.notes.lost(row.at, "model_name and litellm_params.model are no names, expected some without spaces, quotes and braces")
		return nil
	}
	if star(model) && !star(d.group) {
		l.notes.lost(at, "a pattern stands for a model, expected one behind model_name, too: the row is left out")
		return nil
	}
	if model == "*" {
		d.model, d.prefix = "*", "*"
		params.rest(anyReasons)
		info.rest(infoReasons)
		return d
	}
	t, name := aim(model, custom)
	if t == nil {
		l.notes.lost(at, "nothing in Longmen speaks to %s: the row is left out", model)
		return nil
	}
	for _, variant := range []string{"responses/", "o_series/"} {
		name = strings.TrimPrefix(name, variant)
	}
	if name == "" {
		l.notes.lost(at, "it names no model behind the provider: the row is left out")
		return nil
	}
	d.model, d.prefix = name, t.prefix
	if !l.readPlace(d, t, params, at) {
		return nil
	}
	l.readLimits(d, params)
	if strings.EqualFold(d.key, "none") && d.rpm == 0 && d.tpm == 0 {
		d.key = "" // with limits it stands for what they limit
	}
	l.readHeaders(d, params)
	l.readPrices(d, params, info)
	if mode, _ := info.keys["mode"].text(); mode == "audio_transcription" || strings.HasPrefix(name, "whisper") || strings.HasSuffix(name, "-transcribe") {
		l.notes.lost(at, "uploads of audio say their model in a form, which no rule reads: a route with dialect == \"openai.other\" before the others takes them")
	}
	params.rest(paramReasons)
	info.rest(infoReasons)
	return d
}

// addCredential fills in what a named credential has.
func (l *lite) addCredential(params *section) {
	v, ok := params.take("litellm_credential_name")
	if !ok {
		return
	}
	name, _ := v.text()
	named := l.credentials[name]
	if named == nil {
		l.notes.lost(v, "credential_list has no such credential")
		return
	}
	for _, key := range named.order {
		if _, own := params.keys[key]; !own {
			params.put(named.keys[key], key)
		}
	}
}

// readPlace reads where a deployment is and its key.
func (l *lite) readPlace(d *deployment, t *target, params *section, at value) bool {
	base := ""
	for _, name := range []string{"api_base", "base_url"} {
		if v, ok := params.take(name); ok && base == "" {
			if base, ok = l.word(v); !ok {
				return false
			}
		}
	}
	if base == "" && t.baseEnv != "" {
		base = l.usual(t.baseEnv)
	}
	if t.prefix == "vertex_ai" {
		if base = l.vertexBase(d, params, at); base == "" {
			return false
		}
	}
	d.place = t.locate(base)
	switch {
	case d.place.preset == "" && d.place.base == "":
		l.notes.lost(at, "it has no api_base: the row is left out")
		return false
	case d.place.base != "" && !reachable(d.place.base):
		l.notes.lost(at, "its api_base is no URL of a server without a user and a query: the row is left out")
		return false
	}
	if v, ok := params.take("api_version"); ok {
		l.notes.advise(v, "Longmen speaks Azure's API without versions (/openai/v1): it has none to name")
	}
	if v, ok := params.take("api_key"); ok {
		if d.key, ok = l.key(v); !ok {
			return false
		}
	} else {
		d.key = l.usual(t.env)
	}
	return true
}

// vertexBase is where a project's models are. Claude and others there speak another dialect.
func (l *lite) vertexBase(d *deployment, params *section, at value) string {
	if !strings.HasPrefix(d.model, "gemini") && !strings.HasPrefix(d.model, "text-embedding") {
		l.notes.lost(at, "of Vertex AI Longmen speaks to Google's own models: the row is left out")
		return ""
	}
	words := make(map[string]string)
	for _, name := range []string{"vertex_project", "vertex_location"} {
		if v, ok := params.take(name); ok {
			words[name], _ = l.word(v)
		} else if v, ok := l.settings.take(name); ok {
			words[name], _ = l.word(v)
		}
	}
	project, location := words["vertex_project"], words["vertex_location"]
	if project == "" || location == "" {
		l.notes.lost(at, "vertex_project and vertex_location are needed for the URL: the row is left out")
		return ""
	}
	l.notes.differs(at, "Longmen wants an access token in {env.VERTEX_ACCESS_TOKEN} (gcloud auth print-access-token), and renews none by itself")
	return "https://" + location + "-aiplatform.googleapis.com/v1/projects/" + project + "/locations/" + location + "/publishers/google"
}

// readHeaders reads what goes with every request.
func (l *lite) readHeaders(d *deployment, params *section) {
	given := params.in("extra_headers")
	if more := params.in("headers"); len(given.order) == 0 {
		given = more
	}
	if v, ok := params.take("organization"); ok {
		if _, one := v.text(); one {
			given.put(v, "OpenAI-Organization")
		} else {
			l.notes.lost(v, "of several organisations each is a row of its own")
		}
	}
	d.headers = headers(given, l.word)
}

func (l *lite) readLimits(d *deployment, params *section) {
	whole := func(key string) int64 {
		n, _, _ := params.number(key)
		return int64(min(max(n, 0), math.MaxInt32))
	}
	d.rpm, d.tpm, d.order, d.parallel = whole("rpm"), whole("tpm"), int(whole("order")), int(whole("max_parallel_requests"))
	d.weight, _, _ = params.number("weight")
	d.timeout, _, _ = params.number("timeout")
	d.stream, _, _ = params.number("stream_timeout")
	d.cooldown, _, _ = params.number("cooldown_time")
	if d.silent = params.word("silent_model"); d.silent != "" && !plain(d.silent) {
		d.silent = ""
	}
}

// readPrices reads what a token costs, which may stand in either place.
func (l *lite) readPrices(d *deployment, params, info *section) {
	amount := func(key string) (float64, bool) {
		n, at, ok := params.number(key)
		if m, also, there := info.number(key); !ok && there {
			n, at, ok = m, also, true
		}
		if ok && (n < 0 || n >= 1) {
			l.notes.lost(at, "it is no price of a token in US dollars")
			ok = false
		}
		return math.Round(n*1e6*1e6) / 1e6, ok
	}
	in, has := amount("input_cost_per_token")
	out, also := amount("output_cost_per_token")
	cached, reads := amount("cache_read_input_token_cost")
	written, writes := amount("cache_creation_input_token_cost")
	if has != also {
		l.notes.lost(d.at, "input_cost_per_token and output_cost_per_token are a price only together")
	}
	if !has || !also {
		return
	}
	if d.prices = []float64{in, out}; reads || writes {
		if !reads {
			cached = in
		}
		d.prices = append(d.prices, cached)
	}
	if writes {
		d.prices = append(d.prices, written)
	}
}

// addAliases gives groups their other names.
func (l *lite) addAliases() {
	v, ok := l.setting("model_group_alias")
	if !ok {
		return
	}
	s := newSection(v, l.notes)
	for _, name := range s.order {
		to, _ := s.take(name)
		model, ok := to.text()
		hidden := false
		if !ok {
			in := newSection(to, l.notes)
			model = in.word("model")
			hidden, _ = in.flag("hidden")
			in.rest(nil)
		}
		g := l.group(model)
		if g == nil || star(g.name) || !plain(name) {
			l.notes.lost(to, "it stands for a model that is not carried")
			continue
		}
		if hidden {
			l.notes.differs(to, "the alias stands in the list of models")
		}
		g.also = append(g.also, name)
	}
}
