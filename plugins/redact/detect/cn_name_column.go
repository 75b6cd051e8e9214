package detect

// Names, passwords and accounts that have no form of their own are found in tables by the header of their column: the first line with such a label is
// read together with the lines behind it.

// maxRosterColumns is how many such columns a table may have; further ones are left.
const maxRosterColumns = 6

// What a column holds.
const (
	columnNothing uint8 = iota
	columnNames         // 姓名
	columnMaybe         // name: of persons or of things
	columnWeChat
	columnQQ
	columnPassword
	columnBIC
	columnBirth
	columnAccount
)

// readTable reads the table whose header has a label at [start,end), which is one of what: CSV, semicolons, tabs or bars.
// What it finds is kept apart until the scan is over (mergeRoster), for the scan has not come to the lines yet.
func (s *Scanner) readTable(start, end int, what uint8) {
	t := s.text
	if start < s.roster.end {
		return
	}
	sep := byte(0)
	e := end
	for e < len(t) && e-end < 16 && (t[e] == ' ' || t[e] == '"' || t[e] >= 0x80 || class[t[e]]&isName != 0) { // 微信ID
		e++
	}
	switch {
	case e == len(t):
		return
	case separates(t[e]):
		sep = t[e]
	case t[e] != '\n' && t[e] != '\r':
		return
	}
	line := start
	for line > 0 && start-line < maxHeaderLine && t[line-1] != '\n' {
		line--
		if sep == 0 && separates(t[line]) {
			sep = t[line]
		}
	}
	s.work += start - line
	if start-line == maxHeaderLine {
		s.roster.end = start + maxHeaderLine // the line is not read again from each of its labels
		return
	}
	if sep == 0 {
		return
	}
	// The header: what its columns hold, and how many there are.
	var columns [maxRosterColumns]struct {
		at   int
		what uint8
	}
	n, cells, filled := 0, 0, 0
	stop := line
	cell := line
	for ; stop <= len(t) && stop-line < maxHeaderLine; stop++ {
		if stop < len(t) && t[stop] != sep && t[stop] != '\n' {
			continue
		}
		k := heading(t[cell:stop])
		if k == columnNothing && what == columnNames && cell <= start && start < stop {
			k = what
		}
		if b, e := trim(t, cell, stop); b < e {
			filled++
		}
		if k == columnAccount && lastIndex(t[line:min(len(t), stop+64)], "开户") < 0 && lastIndex(t[line:stop], "银行") < 0 {
			k = columnNothing
		}
		if k != columnNothing && n < len(columns) {
			columns[n].at, columns[n].what = cells, k
			n++
		}
		if stop == len(t) || t[stop] == '\n' {
			break
		}
		cells++
		cell = stop + 1
	}
	s.work += stop - line
	s.roster.end = stop
	if n == 0 || filled < 2 || stop >= len(t) || t[stop] != '\n' {
		return
	}
	// The lines.
	p := stop + 1
	for p < len(t) {
		k, column, cell := 0, 0, p
		from := len(s.roster.spans)
		i := p
		for ; i <= len(t); i++ {
			if i < len(t) && t[i] != sep && t[i] != '\n' {
				continue
			}
			if k < n && columns[k].at == column {
				if b, e := trim(t, cell, i); e > b {
					s.inColumn(b, e, columns[k].what)
				}
				k++
			}
			if i == len(t) || t[i] == '\n' {
				break
			}
			column++
			cell = i + 1
		}
		s.work += i - p
		if column != cells {
			s.roster.spans = s.roster.spans[:from]
			break
		}
		p = i + 1
	}
	s.roster.end = p
}

// inColumn adds the cell [b,e) if it is what its column holds.
func (s *Scanner) inColumn(b, e int, what uint8) {
	t := s.text
	typ := CNName
	switch what {
	case columnNames, columnMaybe:
		a := labeled
		if what == columnMaybe {
			a = perhaps
		}
		if s.nameAt(b, a) != e-b {
			return
		}
	case columnWeChat:
		typ = CNWeChat
		if class[t[b]]&isAlpha == 0 || e-b < 6 || e-b > 20 {
			return
		}
		for _, c := range t[b:e] {
			if class[c]&isToken == 0 {
				return
			}
		}
	case columnQQ:
		typ = CNQQ
		if t[b] == '0' || e-b < 5 || e-b > 11 || digitsIn(t[b:e]) != e-b {
			return
		}
	case columnBirth:
		typ = DateOfBirth
		if class[t[b]]&isDigit == 0 && class[t[b]]&isAlpha == 0 || writtenDate(t, b) != e {
			return
		}
	case columnAccount:
		typ = CNBankAccount
		if !bankAccount(t[b:e]) {
			return
		}
	case columnBIC:
		typ = SWIFTBIC
		if n := e - b; n != 8 && n != 11 || !validBIC(t[b:e]) {
			return
		}
	case columnPassword:
		typ = Password
		if e-b < 4 || e-b > 256 || !secretValue(t[b:e], keyStrong, true, false) {
			return
		}
	}
	if s.types.Has(typ) {
		s.roster.spans = append(s.roster.spans, Span{b, e, typ, rankNamed})
	}
}

// roster has what was found in tables, ahead of the scan.
type roster struct {
	spans []Span
	end   int // of the last table or header read: none is read twice
}

// mergeRoster puts what was found in tables among the spans, once the scan is over. Where something else is known to stand
// they are left out.
func (s *Scanner) mergeRoster() {
	names := s.roster.spans[:0]
	i := 0
	for _, n := range s.roster.spans {
		for i < len(s.spans) && s.spans[i].End <= n.Start {
			i++
		}
		if i == len(s.spans) || s.spans[i].Start >= n.End {
			names = append(names, n)
		}
	}
	i = len(s.spans) - 1
	s.spans = append(s.spans, names...)
	for k, j := len(s.spans)-1, len(names)-1; j >= 0; k-- {
		if i >= 0 && s.spans[i].Start > names[j].Start {
			s.spans[k] = s.spans[i]
			i--
		} else {
			s.spans[k] = names[j]
			j--
		}
	}
}

func separates(c byte) bool { return c == ',' || c == '\t' || c == '|' || c == ';' }

// trim is [b,e) without blanks and quotes at its ends.
func trim(t []byte, b, e int) (int, int) {
	for b < e && (t[b] == ' ' || t[b] == '"' || t[b] == '\r') {
		b++
	}
	for e > b && (t[e-1] == ' ' || t[e-1] == '"' || t[e-1] == '\r') {
		e--
	}
	return b, e
}

// heading tells what the column under a header's cell holds.
func heading(cell []byte) uint8 {
	b, e := trim(cell, 0, len(cell))
	cell = cell[b:e]
	if len(cell) == 0 || len(cell) > 40 {
		return columnNothing
	}
	for _, w := range [...]string{"姓名", "联系人", "收件人", "收货人", "寄件人", "负责人", "经办人", "申请人", "法定代表人", "法人", "户名", "患者", "聯絡人", "聯繫人", "名字"} {
		if len(cell) >= len(w) && string(cell[len(cell)-len(w):]) == w {
			return columnNames
		}
	}
	if len(cell) >= 6 && (has(cell[len(cell)-6:], "账号") || has(cell[len(cell)-6:], "帐号")) {
		return columnAccount
	}
	var buf [40]byte
	n := 0
	for _, c := range cell {
		switch {
		case class[c]&isAlpha != 0:
			buf[n] = lower(c)
			n++
		case c < 0x80 && c != '_' && c != ' ':
			return columnNothing
		}
	}
	switch w := string(buf[:n]); {
	case w == "qq" || w == "qqnumber" || w == "qqno":
		return columnQQ
	case w == "wechat" || w == "wechatid" || w == "weixin" || w == "wxid" || has(cell, "微信"):
		return columnWeChat
	case w == "dob" || w == "birthdate" || w == "dateofbirth" || w == "birthday" || has(cell, "生日") || has(cell, "出生") || has(cell, "生年月日"):
		return columnBirth
	case w == "bic" || w == "swift" || w == "swiftcode" || w == "swiftbic" || w == "biccode":
		return columnBIC
	case w == "password" || w == "passwd" || w == "pwd" || has(cell, "密码") || has(cell, "登录密码") || has(cell, "初始密码"):
		return columnPassword
	case n < len(cell)-3:
	case w == "contact", w == "receiver", w == "recipient", w == "consignee", w == "employee", w == "patient", w == "student", w == "applicant", w == "name":
		return columnMaybe
	case n > 4 && w[n-4:] == "name" && bearers.has(w[:n-4]):
		if w == "nickname" {
			return columnMaybe
		}
		return columnNames
	}
	return columnNothing
}
