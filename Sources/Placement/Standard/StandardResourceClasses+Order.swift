import Model

extension StandardResourceClasses {
    /// The published ones in their order, then the custom ones by name: as clients are used to see them.
    static func sorted(_ classes: [ResourceClass]) -> [ResourceClass] {
        ordered.filter(classes.contains) + classes.filter { !all.contains($0) }.sorted()
    }
}
