package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Which item of the provider's an event is about: the one of its item_id, else of its output_index. Servers that
// only resemble OpenAI's change the ids on the way, or leave out both.

// nowhere is the place of an item whose events name none.
const nowhere = 1 << 30

// find is the item that an event is about, by its id or else by its place; nil when it is not known.
func (s *chunkState) find(e *event) *sourceItem {
	var buffer [maxKeptID + 1]byte
	if it := s.lookup(short(e.itemID, buffer[:]), e.outputIndex); it != nil {
		return it
	}
	return s.last(e.itemID, e.outputIndex, func(kind byte) bool { return kind == kindCall || kind == kindInput })
}

func (s *chunkState) lookup(id []byte, place longmen.Value) *sourceItem {
	if len(id) > 0 {
		for i := range s.items {
			if string(s.items[i].id) == string(id) {
				return &s.items[i]
			}
		}
	}
	if place.Kind() != longmen.KindNumber {
		return nil
	}
	index := int(place.Int())
	for i := range s.items {
		if s.items[i].index == index { // some servers change the id on the way
			return &s.items[i]
		}
	}
	return nil
}

// last is the item that an event without any place is about: the one that came last, if it has not ended and is
// of a kind that will do.
func (s *chunkState) last(id, place longmen.Value, kind func(byte) bool) *sourceItem {
	i := len(s.items) - 1
	if i < 0 || s.items[i].ended || !kind(s.items[i].kind) || codec.Text(id) || place.Kind() == longmen.KindNumber {
		return nil
	}
	return &s.items[i]
}

// item is the item that an event is about, which is remembered from now on.
func (s *chunkState) item(id []byte, place longmen.Value, kind byte) (it *sourceItem, fresh bool, err error) {
	s.begin(0)
	if it = s.lookup(id, place); it != nil {
		return it, false, nil
	}
	if len(s.items) == maxItems {
		return nil, false, codec.Malformed(&codec.Path{Name: "output_index"}, "at most 160 items")
	}
	if !plain(id) {
		id = nil
	}
	index := nowhere + len(s.items)
	if place.Kind() == longmen.KindNumber {
		index = int(min(max(place.Int(), 0), nowhere-1))
	}
	s.items = append(s.items, sourceItem{kind: kind, index: index, id: append([]byte(nil), id...)})
	s.changed = true
	return &s.items[len(s.items)-1], true, nil
}

// stored is the kind under which an item is remembered, 0 for one that says nothing in chat.
func (o *outputItem) stored() byte {
	switch string(codec.Word(o.kind)) {
	case "message":
		return kindMessage
	case "reasoning":
		return kindReasoning
	case "function_call":
		return kindCall
	case "custom_tool_call":
		return kindInput
	case "image_generation_call":
		return kindImage
	}
	return 0
}

// placeless is the item whose events named no place and that o may be the whole of; nil when there is none.
func (s *chunkState) placeless(o *outputItem, place longmen.Value) *sourceItem {
	var buffer [maxKeptID + 1]byte
	kind := o.stored()
	if kind == 0 || s.lookup(short(o.id, buffer[:]), place) != nil {
		return nil
	}
	if it := s.lookup(short(o.callID, buffer[:]), 0); it != nil {
		return it
	}
	will := func(it *sourceItem) bool {
		return it.index >= nowhere && len(it.id) == 0 && (it.kind == kind || it.kind == kindRaw && kind == kindReasoning)
	}
	if place.Kind() == longmen.KindNumber {
		if i := int(place.Int()); i >= 0 && i < len(s.items) && will(&s.items[i]) {
			return &s.items[i]
		}
		return nil
	}
	for i := range s.items {
		if it := &s.items[i]; !it.ended && will(it) {
			return it
		}
	}
	return nil
}
