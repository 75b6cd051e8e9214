package detect

// maxDER bounds the base64 of a private key: RSA of 8,192 bits takes 6,300 characters.
const maxDER = 8 << 10

// derKey is where the private key ends that begins at p in base64 without the lines of PEM, or 0: RSA's (RFC 8017), or any (RFC 5958). It is
// told from certificates and public keys by its version, the number 0 or 1, behind the outer sequence.
func derKey(t []byte, p int) int {
	if p+16 > len(t) {
		return 0
	}
	switch v := t[p : p+16]; {
	case has(v, "MII") && has(v[6:], "IB") && (has(v[8:], "ADAN") || has(v[8:], "AAKC") || has(v[8:], "AAKB")):
	case has(v, "MIGHAgEAMBMGByqG"), has(v, "MHcCAQEEI"), has(v, "MC4CAQAwBQYDK2Vw"):
	default:
		return 0
	}
	end := 0
	for q := p; q-p < maxDER; {
		e := q
		for e < len(t) && e-p < maxDER && class[t[e]]&(isAlnum|isBase64) != 0 {
			e++
		}
		if e-q < minWord && (q > p || e == q) && (e >= len(t) || t[e] != '=') {
			break
		}
		for e < len(t) && t[e] == '=' {
			e++
		}
		end = e
		if q = gapAfter(t, e); q == e || t[e] == ' ' || t[e-1] == '=' {
			break
		}
	}
	if end-p < minBlob || !varied(t[p:end]) {
		return 0
	}
	return end
}
