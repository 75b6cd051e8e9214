package detect

// Connection strings that are lists: of ADO.NET, ODBC and OLE DB (Server=…;Password=…), of Azure (AccountName=…;AccountKey=…),
// of libpq (host=… password=…). The word that names the password finds them: keyed asks for the list around it.

// listKeys name the members that make such a list an address: by their last word, in lower case.
var listKeys = words("server source host hostname datasource address addr endpoint defaultendpointsprotocol endpointsuffix queueendpoint fileendpoint tableendpoint accountname driver provider database databasename catalog uid id user username " +
	"dsn port dbname sharedaccesskeyname sslmode db blobendpoint hostaddr")

// maxList bounds how far a list reaches on either side of its password.
const maxList = 512

// connection reports the list of assignments that the one of a password, from start to hi with its value at lo, is a member of. It
// needs two others that say where it leads to.
func (s *Scanner) connection(start, lo, hi int) bool {
	t := s.text
	if !s.types.Has(ConnectionString) || template(t[lo:hi]) || start > 0 && t[start-1] == ' ' && lo-start < 8 { // of libpq, which has blanks between them, only password
		return false
	}
	first, known := s.listBefore(start)
	last, more := s.listAfter(hi)
	s.work += last - first
	if known+more < 2 {
		return false
	}
	s.emit(first, last, ConnectionString, rankSure)
	return true
}

// listBefore walks back over assignments before p.
func (s *Scanner) listBefore(p int) (first, known int) {
	t := s.text
	first = p
	// The name may have parts before the word: User Password is not one, but Database Password.
	for range 12 {
		e := first
		for e > 0 && t[e-1] == ' ' {
			e--
		}
		sep := byte(' ')
		if e > 0 && t[e-1] == ';' {
			sep = ';'
			e--
		} else if e == first || e > 0 && t[e-1] == ',' { // arguments of a call
			break
		}
		i, eq := e, -1
		for i > 0 && p-i < maxList {
			c := t[i-1]
			if c == sep || c <= ' ' && c != ' ' || c >= 0x80 || c == '"' || c == '\'' || c == '`' || c == '<' || c == '>' {
				break
			}
			if c == '=' {
				if eq >= 0 && !isAddressKey(t, i, eq) {
					eq = -1 // of a value
				}
				if eq < 0 || isAddressKey(t, max(0, i-26), i-1) {
					eq = i - 1
				}
			}
			i--
		}
		if eq < 0 || !isAddressKey(t, i, eq) {
			break
		}
		// What stands before the key belongs to the sentence.
		k := eq
		for k > i && t[k-1] == ' ' {
			k--
		}
		for k > i && (class[t[k-1]]&isName != 0 || t[k-1] == ' ' && sep == ';' && k-2 > i && class[t[k-2]]&isAlpha != 0 && twoWords(t, i, k)) {
			k--
		}
		k = skipEscape(t, k, eq)
		first = k
		known++
		if k > i {
			break
		}
	}
	return first, known
}

// twoWords tells whether the word at p is the second of a name of two: Data Source, User ID, Initial Catalog.
func twoWords(t []byte, low, p int) bool {
	for _, w := range [...]string{"data ", "initial ", "user ", "network ", "integrated ", "persist security "} {
		if k := p - len(w); k >= low && foldEqual(t[k:p], w) {
			return true
		}
	}
	return false
}

// isAddressKey tells whether the last word of t[lo:eq] is one of listKeys.
func isAddressKey(t []byte, lo, eq int) bool {
	for eq > lo && t[eq-1] == ' ' {
		eq--
	}
	i := eq
	for i > lo && eq-i < 26 && class[t[i-1]]&isAlnum != 0 {
		i--
	}
	i = skipEscape(t, i, eq)
	if eq-i > 24 || i > lo && t[i-1] == '_' && plainList(t, eq) { // ansible_host=… ansible_user=… are no string
		return false
	}
	return listKeys.has(lowerOf(t, i, eq))
}

// plainList tells whether blanks separate the assignment whose operator stands at eq from the next.
func plainList(t []byte, eq int) bool {
	for eq < len(t) && t[eq] > ' ' && t[eq] != ';' {
		eq++
	}
	return eq < len(t) && t[eq] == ' '
}

// listAfter walks over assignments behind p.
func (s *Scanner) listAfter(p int) (last, known int) {
	t := s.text
	last = p
	for range 16 {
		i := last
		sep := byte(' ')
		if i < len(t) && t[i] == ';' {
			sep = ';'
			i++
		}
		for i < len(t) && t[i] == ' ' {
			i++
		}
		if i == last {
			break
		}
		eq := i
		for eq < len(t) && eq-i < 40 && (class[t[eq]]&(isAlnum|isScore) != 0 || t[eq] == ' ' && sep == ';') {
			eq++
		}
		if eq == i || eq >= len(t) || t[eq] != '=' || eq+1 < len(t) && t[eq+1] == '=' || sep == ' ' && !isAddressKey(t, i, eq) {
			if sep == ';' && last < len(t) {
				last++
			}
			break
		}
		if isAddressKey(t, i, eq) {
			known++
		}
		i = eq + 1
		for i < len(t) && i-p < maxList && t[i] > ' ' && t[i] < 0x80 && t[i] != ';' && t[i] != '"' && t[i] != '\'' && t[i] != '`' && t[i] != '<' && t[i] != '\\' && t[i] != '|' {
			i++
		}
		if sep == ' ' && t[i-1] == ',' {
			break
		}
		last = i
	}
	return last, known
}

func init() {
	// user:password@tcp(host:3306)/name, the form of Go's drivers.
	on("tcp unix", func(s *Scanner, start, end int) int {
		t := s.text
		if start < 4 || t[start-1] != '@' || end >= len(t) || t[end] != '(' {
			return 0
		}
		i, colon := start-1, -1
		for i > 0 && start-i < 128 && t[i-1] > ' ' && t[i-1] < 0x80 && t[i-1] != '"' && t[i-1] != '\'' && t[i-1] != '`' && t[i-1] != '=' && t[i-1] != '/' {
			i--
			if t[i] == ':' {
				colon = i
			}
		}
		s.work += start - i
		if colon <= i || colon+1 >= start-1 || template(t[colon+1:start-1]) {
			return 0
		}
		e := s.urlEnd(end)
		s.emit(i, e, ConnectionString, rankSure)
		return e
	})
	// jdbc:oracle:thin:user/password@host:1521:name
	on("thin oci", func(s *Scanner, start, end int) int {
		t := s.text
		const head = "jdbc:oracle:"
		if start < len(head) || !foldEqual(t[start-len(head):start], head) || end >= len(t) || t[end] != ':' {
			return 0
		}
		slash := -1
		i := end + 1
		for ; i < len(t) && i-end < 128 && t[i] > ' ' && t[i] < 0x80 && t[i] != '@' && t[i] != '"' && t[i] != '\''; i++ {
			if t[i] == '/' && slash < 0 {
				slash = i
			}
		}
		s.work += i - end
		if slash < 0 || i >= len(t) || t[i] != '@' || slash+1 >= i || template(t[slash+1:i]) {
			return 0
		}
		e := s.urlEnd(i)
		s.emit(start-len(head), e, ConnectionString, rankSure)
		return e
	})
}
