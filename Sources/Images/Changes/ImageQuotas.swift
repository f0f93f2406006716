import Model

/// How much an image may carry besides its data.
struct ImageQuotas: Sendable {
    let options: ImageOptions

    /// Throws 413 where there are more tags than one image may have; an image that had more keeps them.
    func check(tags count: Int, before: Int = 0) throws(Fault) {
        try check(count, options.mostTags, before: before, "tags")
    }

    func check(properties count: Int, before: Int = 0) throws(Fault) {
        try check(count, options.mostProperties, before: before, "properties")
    }

    func check(members count: Int) throws(Fault) {
        try check(count, options.mostMembers, before: 0, "members")
    }

    private func check(_ count: Int, _ most: Int, before: Int, _ what: String) throws(Fault) {
        guard most >= 0, count > most, count > before else { return }
        throw Fault(
            .tooLarge,
            "The limit has been exceeded on the number of allowed image \(what). Attempted: \(count), Maximum: \(most)")
    }
}
