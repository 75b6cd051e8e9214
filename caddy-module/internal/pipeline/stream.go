package pipeline

import (
	"context"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Sink takes the events that are ready for the client, in the client's dialect.
type Sink func(a *document.Arena, root document.Node, name []byte) error

// Stream leads a streamed answer through the codecs, if there are any, and the chain in reverse order.
// Every event goes all the way before the next one comes in, so one arena serves one upstream event.
type Stream struct {
	ctx    context.Context
	stages []*member // those that see events; the last one sees them first
	sink   Sink
}

// Stream begins a streamed answer for the plugins before place end.
func (x *Exchange) Stream(ctx context.Context, end int, codecs Codecs, sink Sink) *Stream {
	s := &Stream{ctx: ctx, sink: sink}
	for _, m := range x.members[:end] {
		if m.Has&(HasEvent|HasText) == 0 {
			continue
		}
		if m.Has&HasText != 0 {
			m.stream = text.NewStream(x.Dialect, m.maxHold())
			m.stream.JSON = x.JSON
		}
		m.answering = true
		s.stages = append(s.stages, m)
	}
	for _, c := range codecs {
		c.m.answering = true
		s.stages = append(s.stages, c.m)
	}
	return s
}

func (m *member) maxHold() int {
	if m.MaxHold > 0 {
		return m.MaxHold
	}
	return 64 << 10
}

// Reads reports whether any stage sees events.
func (s *Stream) Reads() bool { return len(s.stages) > 0 }

// Event leads one event through all stages to the sink.
func (s *Stream) Event(a *document.Arena, root document.Node, name []byte) error {
	return s.push(len(s.stages)-1, event{arena: a, root: root, name: name})
}

// End tells the stages that the stream ended cleanly and lets out what is still held.
func (s *Stream) End(a *document.Arena) error {
	for i := len(s.stages) - 1; i >= 0; i-- {
		m := s.stages[i]
		if m.Has&HasEvent != 0 {
			if _, err := s.event(i, event{arena: a}); err != nil {
				return err
			}
		}
		if err := s.drain(i, a); err != nil {
			return err
		}
	}
	return nil
}

// Flush lets out what is held when the stream broke: the stages are not told that it ended.
func (s *Stream) Flush(a *document.Arena) error {
	for i := len(s.stages) - 1; i >= 0; i-- {
		if err := s.drain(i, a); err != nil {
			return err
		}
	}
	return nil
}

// push leads an event through stage i and those below it.
func (s *Stream) push(i int, e event) error {
	if i < 0 {
		return s.sink(e.arena, e.root, e.name)
	}
	if s.stages[i].Has&HasEvent != 0 {
		if drop, err := s.event(i, e); drop || err != nil {
			return err
		}
	}
	return s.text(i, e)
}

// event calls the event hook of stage i and sends what it emitted on its way. A plugin that may be skipped
// works on an event that can be put back.
func (s *Stream) event(i int, e event) (drop bool, _ error) {
	m := s.stages[i]
	m.emitted = m.emitted[:0]
	var before document.Node
	if m.OnError == Skip && e.root != 0 {
		before = e.arena.Copy(e.root)
	}
	m.frame.Doc, m.eventName = e.arena, e.name
	drop, err := m.Hooks.Event(s.ctx, &m.frame, e.root)
	m.frame.Doc = nil
	skipped, err := m.settle(abi.HookEvent, err)
	if err != nil {
		return false, err
	}
	if skipped {
		if before == 0 {
			return false, nil
		}
		return false, e.arena.Replace(e.root, before)
	}
	for _, emitted := range m.emitted {
		if err := s.text(i, emitted); err != nil {
			return false, err
		}
	}
	return drop, nil
}

// text calls the text hook of stage i with what is new in the event, and sends the event on.
func (s *Stream) text(i int, e event) error {
	m := s.stages[i]
	if m.stream == nil {
		return s.push(i-1, e)
	}
	if m.stream.Ending(e.arena, e.root) {
		if err := s.release(i, e.arena, m.stream.Drain(e.arena, e.root)); err != nil {
			return err
		}
	}
	if segs := m.stream.Collect(e.arena, e.root); len(segs) > 0 {
		if err := s.edit(m, segs); err != nil {
			return err
		}
		if err := m.stream.Apply(e.arena, e.root, &m.x.reply); err != nil {
			// Not to be skipped: without the reply the event and what was held before it would be lost.
			return &Failure{Plugin: m.Name, Hook: abi.HookText, Cause: err}
		}
	}
	return s.push(i-1, e)
}

// edit asks the plugin about segments; a plugin that is skipped edits and holds nothing.
func (s *Stream) edit(m *member, segs []text.Segment) error {
	m.x.reply.Reset()
	err := m.Hooks.Text(s.ctx, &m.frame, abi.PhaseAnswer, segs, &m.x.reply)
	skipped, err := m.settle(abi.HookText, err)
	if skipped {
		m.x.reply.Reset()
	}
	return err
}

// drain lets out everything that stage i holds.
func (s *Stream) drain(i int, a *document.Arena) error {
	m := s.stages[i]
	if m.stream == nil {
		return nil
	}
	return s.release(i, a, m.stream.DrainAll())
}

// release shows held text to the plugin for the last time and sends it on in events of its own.
func (s *Stream) release(i int, a *document.Arena, segs []text.Segment) error {
	if len(segs) == 0 {
		return nil
	}
	m := s.stages[i]
	if err := s.edit(m, segs); err != nil {
		return err
	}
	released, err := m.stream.Release(&m.x.reply)
	if err != nil {
		return &Failure{Plugin: m.Name, Hook: abi.HookText, Cause: err}
	}
	for _, r := range released {
		root, err := a.NewJSON(r.Data)
		if err != nil {
			return err
		}
		if err := s.push(i-1, event{arena: a, root: root, name: r.Name}); err != nil {
			return err
		}
	}
	return nil
}
