import Search

extension PlacementOptions {
    init(_ settings: PlacementSettings) {
        self.init()
        folding =
            switch settings.foldCandidates {
            case .none: Folding.none
            case .equalGroups: Folding.equalGroups
            case .equalDevices: Folding.equalDevices
            }
        searchBudget = settings.searchSteps
        mostCandidates = settings.mostCandidates
        visits = settings.generationStrategy == .depthFirst ? .depthFirst : .breadthFirst
        randomizesCandidates = settings.randomizes
        placeholderProject = settings.incompleteConsumerProject
        placeholderUser = settings.incompleteConsumerUser
    }
}
