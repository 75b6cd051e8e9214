package detect

// Types of what has no form: a recogniser of names finds it, no detector here does. They take part in everything else that
// types do: configuration, counts, placeholders.
var (
	Person       = define(Kind{Name: "person", Family: Personal, Recognised: true})
	Location     = define(Kind{Name: "location", Family: Personal, Recognised: true})     // place, building, address in part
	Organization = define(Kind{Name: "organization", Family: Personal, Recognised: true}) // company, agency, institution
	Affiliation  = define(Kind{Name: "affiliation", Family: Personal, Recognised: true})  // nationality, religious or political group
	Date         = define(Kind{Name: "date", Family: Personal, Recognised: true})         // date or time, whatever of
	Entity       = define(Kind{Name: "entity", Family: Personal, Recognised: true})       // what a recogniser calls otherwise
)
