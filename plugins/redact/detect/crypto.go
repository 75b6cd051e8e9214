package detect

// CryptoAddress is an address of a crypto currency.
var CryptoAddress = define(Kind{Name: "crypto_address", Family: Finance})

func init() {
	const many = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
	var lengths []string
	for n := 26; n <= 35; n++ {
		lengths = append(lengths, many[:n])
	}
	const wallet = "eth ethereum wallet walletaddress ether erc usdt usdc bnb polygon metamask crypto deposit withdraw withdrawal 钱包 以太坊 以太 地址 充值 提币 转账"
	add(
		Detector{Type: CryptoAddress, Source: "Bitcoin, Litecoin, Dogecoin, Dash, Zcash, TRON and XRP: base58check", Class: ClassA, Shapes: lengths, Raw: true, Valid: base58check},
		Detector{Type: CryptoAddress, Source: "BIP 173 and BIP 350: bech32 and bech32m of Bitcoin and Litecoin", Class: ClassA,
			Shapes: []string{"bc1" + many[:39], "bc1" + many[:59], "tb1" + many[:39], "tb1" + many[:59], "ltc1" + many[:39], "ltc1" + many[:59]}, Valid: bech32},
		Detector{Type: CryptoAddress, Source: "ERC-55: Ethereum, with the check in its capitals", Class: ClassA, Shapes: []string{"0x" + many[:40]}, Raw: true, Valid: erc55},
		Detector{Type: CryptoAddress, Source: "Ethereum without a check", Class: ClassC, Shapes: []string{"0x" + many[:40]}, Raw: true, Valid: plainEthereum, Words: wallet},
		Detector{Type: CryptoAddress, Source: "Solana: base58 of a public key", Class: ClassC, Shapes: []string{many[:43], many[:44]}, Raw: true, Valid: solana, Words: "solana sol phantom spl wallet walletaddress 钱包"},
	)
}

const (
	base58Bitcoin = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	base58Ripple  = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
)

// decode58 reads a number of base 58; n is how many bytes it has at the end of out, -1 if v is none.
func decode58(v []byte, alphabet string, out *[40]byte) (n int) {
	var digit [128]uint8 // from 1
	for k := range len(alphabet) {
		digit[alphabet[k]] = uint8(k + 1)
	}
	var limbs [len(out) / 4]uint32 // the lowest first
	used := 0
	for i := 0; i < len(v); {
		// Five digits at a time.
		factor, carry := uint64(1), uint64(0)
		for ; i < len(v) && factor < 58*58*58*58*58; i++ {
			k := digit[v[i]&0x7f]
			if k == 0 || v[i] >= 0x80 {
				return -1
			}
			factor, carry = factor*58, carry*58+uint64(k-1)
		}
		for k := 0; k < used || carry > 0; k++ {
			if k == len(limbs) {
				return -1
			}
			carry += uint64(limbs[k]) * factor
			limbs[k] = uint32(carry)
			carry >>= 32
			used = max(used, k+1)
		}
	}
	for k, x := range limbs[:used] {
		for b := range 4 {
			if out[len(out)-1-4*k-b] = byte(x >> (8 * b)); byte(x>>(8*b)) != 0 {
				n = 4*k + b + 1
			}
		}
	}
	for i := 0; i < len(v) && v[i] == alphabet[0]; i++ {
		n++
	}
	return n
}

// base58check: a version of one or two bytes, 20 bytes of a hash and four of the SHA-256 of the SHA-256 of these.
func base58check(v []byte) bool {
	alphabet := base58Bitcoin
	switch {
	case v[0] == 'r':
		alphabet = base58Ripple
	case !oneOf(v[0], "13LMDTXA79t"):
		return false
	}
	var out [40]byte
	n := decode58(v, alphabet, &out)
	if n != 25 && n != 26 {
		return false
	}
	payload := out[len(out)-n:]
	sum := sha256(payload[:n-4])
	sum = sha256(sum[:])
	return string(sum[:4]) == string(payload[n-4:])
}

// bech32: v is in capitals. The check of version 0 differs from that of later ones.
func bech32(v []byte) bool {
	const alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
	prefix := 2
	if v[0] == 'L' {
		prefix = 3
	}
	sum := uint32(1)
	step := func(x byte) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(x)
		for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 != 0 {
				sum ^= g
			}
		}
	}
	for _, c := range v[:prefix] {
		step((c | 0x20) >> 5)
	}
	step(0)
	for _, c := range v[:prefix] {
		step(c & 31)
	}
	version := byte(0)
	for i, c := range v[prefix+1:] {
		k := 0
		for k < 32 && alphabet[k] != c {
			k++
		}
		if k == 32 {
			return false
		}
		if i == 0 {
			version = byte(k)
		}
		step(byte(k))
	}
	return version == 0 && sum == 1 || version > 0 && sum == 0x2bc830a3
}

// erc55: a letter is a capital where the hash of the address in small letters has a digit of eight or more.
func erc55(v []byte) bool {
	var low [40]byte
	var kinds uint8
	for i, c := range v[2:] {
		if class[c]&isHex == 0 {
			return false
		}
		kinds |= class[c]
		low[i] = lower(c)
	}
	if kinds&isAlpha != isAlpha {
		return false
	}
	sum := keccak256(low[:])
	for i, c := range v[2:] {
		if class[c]&isAlpha != 0 && (sum[i/2]>>(4-i%2*4)&8 != 0) != (class[c]&isUpper != 0) {
			return false
		}
	}
	return true
}

func plainEthereum(v []byte) bool {
	var kinds uint8
	for _, c := range v[2:] {
		if class[c]&isHex == 0 {
			return false
		}
		kinds |= class[c]
	}
	return kinds&isAlpha != isAlpha && !alike(v[2:])
}

func solana(v []byte) bool {
	var out [40]byte
	return decode58(v, base58Bitcoin, &out) == 32 && varied(v)
}
