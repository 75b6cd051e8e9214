package provider

import "fmt"

// Cooldown is what is left alone when a provider says that it was asked too much.
type Cooldown string

// What is left alone. Many providers limit each model of an account by itself; others, and most servers between, count all
// requests of a key.
const (
	CooldownKey   Cooldown = "key"   // the key at that endpoint, whatever the model
	CooldownModel Cooldown = "model" // the key at that endpoint for that model, as far as the model is known
)

func (c Cooldown) check() error {
	switch c {
	case CooldownKey, CooldownModel:
		return nil
	}
	return fmt.Errorf("cooldown is %q, expected %s or %s", string(c), CooldownKey, CooldownModel)
}
