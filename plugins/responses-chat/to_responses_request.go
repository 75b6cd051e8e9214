package responseschat

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

func requestToResponses(doc longmen.Value) error         { return nil }
func answerFromResponses(doc, state longmen.Value) error { return nil }
func eventFromResponses(doc, state longmen.Value) error  { return nil }
