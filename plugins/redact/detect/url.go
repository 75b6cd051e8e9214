package detect

// ConnectionString is the address of a database or broker that contains a password: the whole string.
var ConnectionString = define(Kind{Name: "connection_string", Family: Secret})

// URLCredentials are the user and password of any other URL, without the URL.
var URLCredentials = define(Kind{Name: "url_credentials", Family: Secret})

// databases are schemes of servers whose addresses are secrets as a whole when they contain a password.
var databases = words("postgres postgresql mysql mariadb mongodb mongodb+srv redis rediss amqp amqps mssql sqlserver clickhouse nats kafka cassandra " +
	"cockroachdb oracle db2 neo4j neo4j+s bolt couchdb influxdb elasticsearch memcached memcache jdbc:postgresql jdbc:mysql jdbc:mariadb jdbc:sqlserver jdbc:oracle:thin " +
	"jdbc:clickhouse postgresql+psycopg2 postgresql+asyncpg mysql+pymysql mssql+pyodbc ldap ldaps snowflake duckdb sqlite+cipher mqtt mqtts stomp " +
	"postgresql+psycopg mysql+mysqldb mysql+aiomysql redis+sentinel valkey valkeys tcp")

const maxAuthority = 512

// authority handles the URL whose :// is at p (RFC 3986).
func (s *Scanner) authority(p int) int {
	t := s.text
	lo := p
	for lo > 0 && p-lo < 24 && (class[t[lo-1]]&isAlnum != 0 || t[lo-1] == '+' || t[lo-1] == '.' || t[lo-1] == '-' || t[lo-1] == ':') {
		lo--
	}
	lo = skipEscape(t, lo, p)
	if lo == p {
		return 0
	}
	at, colon := -1, -1
	i := p + 3
	for ; i < len(t) && i-p < maxAuthority; i++ {
		c := t[i]
		if c <= ' ' || c >= 0x80 || c == '/' || c == '?' || c == '"' || c == '\'' || c == '`' || c == '\\' || c == '<' || c == '>' {
			break
		}
		if c == ':' && colon < 0 {
			colon = i
		}
		if c == '@' {
			at = i
		}
	}
	s.work += i - lo
	scheme := lowerOf(t, lo, p)
	database := databases.has(scheme)
	for k := 0; !database && k < len(scheme); k++ {
		if scheme[k] == ':' { // a word and a colon before the scheme
			rest := scheme[k+1:]
			if database = databases.has(rest); database {
				lo += k + 1
			}
		}
	}
	if at > 0 && colon > 0 && colon+1 < at && !template(t[colon+1:at]) && !stated(t[p+3:colon], t[colon+1:at]) {
		if database {
			for k := at + 1; k < i; k++ {
				// A comma ends it, but for lists of hosts with a port each.
				if t[k] == ',' && (k+2 >= len(t) || class[t[k+1]]&isAlnum == 0 || !has(t[lo:], "mongodb") && !has(t[lo:], "kafka") && !has(t[lo:], "redis")) ||
					(t[k] == '.' || t[k] == ';' || t[k] == ')' || t[k] == '!') && (k+1 == i) && (i == len(t) || t[i] <= ' ' || t[i] >= 0x80) {
					i = k
				}
			}
			end := s.urlEnd(i)
			s.emit(lo, end, ConnectionString, rankSure)
			return end
		}
		s.emit(p+3, at, URLCredentials, rankSure)
		return at + 1
	}
	if at > 0 {
		if s.lonely(p+3, at) {
			s.emit(p+3, at, URLCredentials, rankLikely)
		}
		if colon < 0 {
			s.vendor(p+3, s.chunk(p+3), at) // a key of a vendor's is surer
		}
		return at + 1 // a user, or blanks to fill in: no address of a mailbox
	}
	if end := s.webhook(p+3, i); end > 0 {
		s.emit(lo, end, APIKey, rankSure)
		return end
	}
	if k := Index(t[p+3:i], ';', 0); database && k >= 0 { // jdbc:sqlserver://host;user=…
		i = p + 3 + k + 1
	}
	if database && i < len(t) && (t[i] == '/' || t[i] == '?' || t[i-1] == ';') {
		end := s.urlEnd(i)
		if k := parameter(t[i:end]); k >= 0 && !template(t[i+k:end]) {
			s.emit(lo, end, ConnectionString, rankSure)
			return end
		}
	}
	return 0
}

// stated tells whether a user and password only say what they are, as in documentation: user:password@.
func stated(user, password []byte) bool {
	return password[0] == '[' || len(user) > 0 && user[0] == '[' || blanks.has(lowerOf(password, 0, len(password))) && (blanks.has(lowerOf(user, 0, len(user))) || len(user) == 0) || sampled(password) && len(password) < 24
}

var blanks = words("user username userid usr login name myuser dbuser db_user pass passwd password pwd pw secret mypassword mypass dbpass dbpassword db_pass db_password abc xyz a b u p foo bar")

// lonely tells whether a user without a password in a URL is a token: long, random and of letters and digits, as in the
// addresses of Sentry and of package registries.
func (s *Scanner) lonely(lo, hi int) bool {
	if hi-lo < leastHook || hi-lo > 200 {
		return false
	}
	var kinds uint8
	for _, c := range s.text[lo:hi] {
		if class[c]&isToken == 0 {
			return false
		}
		kinds |= class[c]
	}
	return kinds&isDigit != 0 && kinds&isAlpha != 0 && varied(s.text[lo:hi])
}

// chunk is the end of the letters and digits at p.
func (s *Scanner) chunk(p int) int {
	for p < len(s.text) && class[s.text[p]]&isAlnum != 0 {
		p++
	}
	return p
}

// lowerOf is text[lo:hi] in lower case.
//
//go:noinline
func lowerOf(t []byte, lo, hi int) string {
	var buf [24]byte
	b := buf[:0]
	for _, c := range t[lo:min(hi, lo+len(buf))] {
		b = append(b, lower(c))
	}
	return string(b)
}

// parameter is where the value of a parameter that names a password starts in the rest of a URL, or -1.
func parameter(b []byte) int {
	for i := range b {
		if b[i] == '=' && i+1 < len(b) && i >= 4 {
			for _, w := range [...]string{"password", "passwd", "pwd", "pass"} {
				if i > len(w) && foldEqual(b[i-len(w):i], w) && class[b[i-len(w)-1]]&isAlnum == 0 {
					return i + 1
				}
			}
		}
	}
	return -1
}

// urlEnd is where the URL ends that goes on at i.
func (s *Scanner) urlEnd(i int) int {
	t := s.text
	from := i
	for i < len(t) && i-from < 4*maxAuthority {
		c := t[i]
		if c <= ' ' || c >= 0x80 || c == '"' || c == '\'' || c == '`' || c == '\\' || c == '<' || c == '>' || c == '|' || c == ',' {
			break
		}
		i++
	}
	s.work += i - from
	for i > from && (t[i-1] == '.' || t[i-1] == ',' || t[i-1] == ';' || t[i-1] == ')' || t[i-1] == ']' || t[i-1] == '}' || t[i-1] == '!') {
		i--
	}
	return i
}

// template tells whether a value is a variable, a blank to fill in or already masked.
func template(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if n := len(b); n > 6 && has(b, "__") && b[n-1] == '_' && b[n-2] == '_' {
		return true // __PASSWORD__
	}
	stars := 0
	for i, c := range b {
		switch {
		case c == '$' && i+1 < len(b) && (b[i+1] == '{' || b[i+1] == '(' || i == 0 && class[b[1]]&(isAlpha|isScore) != 0),
			c == '{' && i+1 < len(b) && b[i+1] == '{', (c == '#' || c == '%') && i == 0 && len(b) > 1 && (b[1] == '{' || b[1] == '('), c == '<' && i == 0, c == '{' && i == 0, c == '%' && i == 0 && len(b) <= 3, c == '[' && i == 0:
			return true
		case c == '*':
			if stars++; stars >= 3 {
				return true
			}
		case c == '.' && i+2 < len(b) && b[i+1] == '.' && b[i+2] == '.':
			return true
		}
	}
	return foldEqual(b, "xxx") || foldEqual(b, "xxxx") || foldEqual(b, "xxxxx") || foldEqual(b, "xxxxxx") || foldEqual(b, "xxxxxxxx")
}
