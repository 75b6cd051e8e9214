package openaiollama

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

func requestChat(doc longmen.Value, w way) error           { return nil }
func requestEmbed(doc longmen.Value) error                 { return nil }
func requestEmbeddings(doc longmen.Value) error            { return nil }
func requestCompletion(doc longmen.Value) error            { return nil }
func (s *memory) answerOllama(doc longmen.Value) error     { return nil }
func (s *memory) answerEmbeddings(doc longmen.Value) error { return nil }
func (s *memory) answerEmbed(doc longmen.Value) error      { return nil }
func (s *memory) answerCompletion(doc longmen.Value) error { return nil }
func (s *memory) eventOllama(doc longmen.Value) error      { return nil }
func (s *memory) eventCompletion(doc longmen.Value) error  { return nil }
