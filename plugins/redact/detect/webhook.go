package detect

// Addresses of robots and webhooks: who knows one may post in its owner's name, so the whole address is a key.
// Sources: the documentation of each service, and the rules of gitleaks and Kingfisher.

// webhook is what an address has behind its scheme: a host, of which the end suffices, and the start of its path.
type webhook struct{ host, path string }

var webhooks = [...]webhook{
	{"hooks.slack.com", "/services/"}, {"hooks.slack.com", "/workflows/"}, {"hooks.slack.com", "/triggers/"},
	{"oapi.dingtalk.com", "/robot/send?access_token="},
	{"qyapi.weixin.qq.com", "/cgi-bin/webhook/send?key="}, {"qyapi.weixin.qq.com", "/cgi-bin/webhook/upload_media?key="},
	{"open.feishu.cn", "/open-apis/bot/v2/hook/"}, {"open.feishu.cn", "/open-apis/bot/hook/"},
	{"open.larksuite.com", "/open-apis/bot/v2/hook/"}, {"open.larksuite.com", "/open-apis/bot/hook/"},
	{"discord.com", "/api/webhooks/"}, {"discordapp.com", "/api/webhooks/"}, {"discord.com", "/api/v10/webhooks/"},
	{".webhook.office.com", "/webhookb2/"}, {"outlook.office.com", "/webhook/"},
	{"chat.googleapis.com", "/v1/spaces/"},
	{"hooks.zapier.com", "/hooks/catch/"}, {"hooks.airtable.com", "/workflows/v1/genericWebhook/"},
	{"sctapi.ftqq.com", "/SCT"}, {"api.day.app", "/"}, {"api.pushover.net", "/1/"},
}

// leastHook is the shortest secret part of such an address.
const leastHook = 20

// webhook returns the end of the robot's address whose host is [p,path), or 0.
func (s *Scanner) webhook(p, path int) int {
	t := s.text
	if path-p < 11 || path-p > 48 || path >= len(t) || t[path] != '/' {
		return 0
	}
	for i := range webhooks {
		w := &webhooks[i]
		if path-p < len(w.host) || t[path-1] != w.host[len(w.host)-1] || !foldEqual(t[path-len(w.host):path], w.host) || !has(t[path:], w.path) {
			continue
		}
		if k := path - len(w.host); k > p && w.host[0] != '.' && t[k-1] != '.' {
			continue
		}
		from := path + len(w.path)
		end := s.urlEnd(from)
		secret := t[from:end]
		if len(secret) < leastHook || template(secret) || !varied(secret) {
			continue
		}
		digits := 0
		for _, c := range secret {
			digits += int(class[c] & isDigit)
			if c == '{' || c == '<' {
				return 0
			}
		}
		if digits >= 3 {
			return end
		}
	}
	return 0
}
