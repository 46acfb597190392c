"""Every mutation the hub has.

Each runs in a transaction of its own: a batch is not a transaction.
"""

from bot.hub.graphql.mutations import comments, hierarchy, issues, labels, pull_requests, refs
from bot.hub.graphql.mutations.base import Mutation

MUTATIONS: dict[str, Mutation] = {
    **issues.MUTATIONS,
    **comments.MUTATIONS,
    **labels.MUTATIONS,
    **hierarchy.MUTATIONS,
    **pull_requests.MUTATIONS,
    **refs.MUTATIONS,
}
