// How a state is configured: each call adds one reaction or action and returns the same configuration.

namespace Stateless;

public sealed partial class StateMachine<TState, TTrigger>
{
    /// <summary>The configuration of one state.</summary>
    public sealed class StateConfiguration
    {
        private readonly StateMachine<TState, TTrigger> _machine;
        private readonly StateNode _node;

        internal StateConfiguration(StateMachine<TState, TTrigger> machine, TState state)
        {
            _machine = machine;
            _node = machine.Node(state);
        }

        /// <summary>The trigger leads to the destination.</summary>
        /// <exception cref="ArgumentException">The destination is this state.</exception>
        public StateConfiguration Permit(TTrigger trigger, TState destinationState) =>
            Go(trigger, destinationState, guard: null);

        /// <summary>The trigger leads to the destination while the guard holds.</summary>
        /// <param name="guardDescription">Shown in graphs and messages; "Function" when it is not given.</param>
        /// <exception cref="ArgumentException">The destination is this state.</exception>
        public StateConfiguration PermitIf(
            TTrigger trigger, TState destinationState, Func<bool> guard, string? guardDescription = null) =>
            Go(trigger, destinationState, Guarded(guard, guardDescription));

        /// <inheritdoc cref="PermitIf(TTrigger, TState, Func{bool}, string?)"/>
        public StateConfiguration PermitIf<TArg0>(
            TriggerWithParameters<TArg0> trigger,
            TState destinationState,
            Func<TArg0, bool> guard,
            string? guardDescription = null) =>
            Go(trigger.Trigger, destinationState, Guarded(guard, guardDescription));

        /// <summary>The trigger leads to the state that the selector returns at that time.</summary>
        public StateConfiguration PermitDynamic(TTrigger trigger, Func<TState> destinationStateSelector) =>
            Add(new Reaction.Choose(trigger, _ => destinationStateSelector()));

        /// <inheritdoc cref="PermitDynamic(TTrigger, Func{TState})"/>
        public StateConfiguration PermitDynamic<TArg0>(
            TriggerWithParameters<TArg0> trigger, Func<TArg0, TState> destinationStateSelector) =>
            Add(new Reaction.Choose(trigger.Trigger, args => destinationStateSelector(First<TArg0>(args))));

        /// <summary>The trigger runs the exit and entry actions of this state; a substate is left for it.</summary>
        public StateConfiguration PermitReentry(TTrigger trigger) => Add(new Reaction.Reenter(trigger, _node.State));

        /// <summary>The trigger does nothing.</summary>
        public StateConfiguration Ignore(TTrigger trigger) => Add(new Reaction.Stay(trigger, Guard: null));

        /// <summary>The trigger does nothing while the guard holds.</summary>
        public StateConfiguration IgnoreIf(TTrigger trigger, Func<bool> guard, string? guardDescription = null) =>
            Add(new Reaction.Stay(trigger, Guarded(guard, guardDescription)));

        /// <summary>The trigger runs the action; no state is left or entered.</summary>
        public StateConfiguration InternalTransition(TTrigger trigger, Action internalAction) =>
            InternalTransition(trigger, _ => internalAction());

        /// <inheritdoc cref="InternalTransition(TTrigger, Action)"/>
        public StateConfiguration InternalTransition(TTrigger trigger, Action<Transition> internalAction) =>
            Add(new Reaction.Act(trigger, internalAction));

        /// <summary>Runs when this state, with or without a substate, is entered from outside.</summary>
        public StateConfiguration OnEntry(Action entryAction) => OnEntry(_ => entryAction());

        /// <inheritdoc cref="OnEntry(Action)"/>
        public StateConfiguration OnEntry(Action<Transition> entryAction)
        {
            _node.AddEntry(entryAction);
            return this;
        }

        /// <summary>Runs when this state, with or without a substate, is left.</summary>
        public StateConfiguration OnExit(Action exitAction) => OnExit(_ => exitAction());

        /// <inheritdoc cref="OnExit(Action)"/>
        public StateConfiguration OnExit(Action<Transition> exitAction)
        {
            _node.AddExit(exitAction);
            return this;
        }

        /// <summary>Makes this state a substate: it takes over every reaction that it has not itself.</summary>
        /// <exception cref="ArgumentException">The states would contain each other.</exception>
        public StateConfiguration SubstateOf(TState superstate)
        {
            if (_node.Includes(superstate))
            {
                throw new ArgumentException(
                    $"Configuring {_node.State} as a substate of {superstate} creates an illegal cyclic configuration.",
                    nameof(superstate));
            }

            _node.PutInto(_machine.Node(superstate));
            return this;
        }

        private static Guard Guarded(Func<bool> guard, string? description) =>
            new(_ => guard(), description ?? "Function");

        private static Guard Guarded<TArg0>(Func<TArg0, bool> guard, string? description) =>
            new(args => guard(First<TArg0>(args)), description ?? "Function");

        // CanFire and PermittedTriggers may ask without an argument; then a guard sees the type's default value.
        private static TArg0 First<TArg0>(object?[] args) => args.Length == 0 ? default! : (TArg0)args[0]!;

        private StateConfiguration Go(TTrigger trigger, TState destination, Guard? guard) =>
            destination.Equals(_node.State)
                ? throw new ArgumentException(
                    "Permit() (and PermitIf()) require that the destination state is not equal to the source state. "
                    + "To accept a trigger without changing state, use either Ignore() or PermitReentry().",
                    nameof(destination))
                : Add(new Reaction.Go(trigger, destination, guard));

        private StateConfiguration Add(Reaction reaction)
        {
            _node.Add(reaction);
            return this;
        }
    }
}
