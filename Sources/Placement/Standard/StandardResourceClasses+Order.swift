import Model

extension StandardResourceClasses {
    /// The published classes in their order, then the custom ones by name, as clients expect.
    static func sorted(_ classes: [ResourceClass]) -> [ResourceClass] {
        ordered.filter(classes.contains) + classes.filter { !all.contains($0) }.sorted()
    }
}
