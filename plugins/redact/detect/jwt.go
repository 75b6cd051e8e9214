package detect

// JWT is a JSON Web Token, RFC 7519.
var JWT = define(Kind{Name: "jwt", Family: Secret})

// maxJWT bounds a token: servers refuse headers beyond 8 to 16 KiB.
const maxJWT = 16 << 10

// jwt returns the end of the JSON Web Token (RFC 7519, compact serialisation of RFC 7515) that starts at p, or
// 0. Header and payload are JSON objects, so both begin with eyJ, which is {" in base64.
func jwt(t []byte, p int) int {
	end := p
	for i := range 3 {
		if i < 2 && (end+3 > len(t) || t[end] != 'e' || t[end+1] != 'y' || t[end+2] != 'J') {
			return 0
		}
		q, n := run(t, end, part{url, 16, maxJWT})
		if n > maxJWT || n < 12 || i == 2 && n < 16 {
			return 0
		}
		end = q
		if i < 2 {
			if end == len(t) || t[end] != '.' {
				return 0
			}
			end++
		}
	}
	if !varied(t[p:end]) {
		return 0
	}
	return end
}
